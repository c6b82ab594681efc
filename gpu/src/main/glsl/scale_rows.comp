#version 450
// x[r] *= factors[0, r] in place.
#extension GL_GOOGLE_include_directive : require
#include "common.glsl"
layout(std430, set = 0, binding = 1) buffer X { float x[]; };
layout(std430, set = 0, binding = 2) readonly buffer Factors { float factors[]; };
layout(push_constant) uniform Args {
    uint xAt, xStride, factorsAt, factorsStride;
    uint rows, columns;
};

void main() {
    uint row = item() / columns;
    if (row < live(rows)) {
        x[xAt + row * xStride + item() % columns] *= factors[factorsAt + row];
    }
}
