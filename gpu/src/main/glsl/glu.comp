#version 450
// out = x[:, :n] * sigmoid(x[:, n:]).
#extension GL_GOOGLE_include_directive : require
#include "common.glsl"
layout(std430, set = 0, binding = 1) buffer Out { float result[]; };
layout(std430, set = 0, binding = 2) readonly buffer X { float x[]; };
layout(push_constant) uniform Args {
    uint outAt, outStride, xAt, xStride;
    uint rows, columns;
};

void main() {
    uint row = item() / columns;
    uint column = item() % columns;
    if (row < live(rows)) {
        uint at = xAt + row * xStride + column;
        result[outAt + row * outStride + column] = x[at] / (1.0 + exp(-x[at + columns]));
    }
}
