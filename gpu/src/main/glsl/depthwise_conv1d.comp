#version 450
// Causal convolution over rows, each column with a kernel of its own, zeros before row 0.
#extension GL_GOOGLE_include_directive : require
#define WEIGHT 3
#define SCALES 4
#include "common.glsl"
#include "weight.glsl"
layout(std430, set = 0, binding = 1) buffer Out { float result[]; };
layout(std430, set = 0, binding = 2) readonly buffer X { float x[]; };
layout(push_constant) uniform Args {
    uint outAt, outStride, xAt, xStride, weightAt, weightStride;
    uint rows, columns, taps;
};

void main() {
    uint row = item() / columns;
    uint column = item() % columns;
    if (row >= live(rows)) {
        return;
    }
    float sum = 0;
    for (uint tap = taps - min(taps, row + 1); tap < taps; tap++) {
        sum += x[xAt + (row + tap + 1 - taps) * xStride + column] * weight(weightAt + tap * weightStride + column);
    }
    result[outAt + row * outStride + column] = sum;
}
