#version 450
// out[c, r] = x[r, c].
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
        result[outAt + row * outStride + column] = x[xAt + column * xStride + row];
    }
}
