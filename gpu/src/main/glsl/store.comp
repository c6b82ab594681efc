#version 450
// Rows of x into a ring cache, each at its position.
#extension GL_GOOGLE_include_directive : require
#include "common.glsl"
layout(std430, set = 0, binding = 1) buffer Cache { float cache[]; };
layout(std430, set = 0, binding = 2) readonly buffer X { float x[]; };
layout(push_constant) uniform Args {
    uint cacheAt, cacheStride, xAt, xStride;
    uint rows, columns, capacity;
};

void main() {
    uint row = item() / columns;
    uint column = item() % columns;
    if (row < live(rows)) {
        uint slot = (firstPosition(rows) + row) % capacity;
        cache[cacheAt + slot * cacheStride + column] = x[xAt + row * xStride + column];
    }
}
