#version 450
// Matrix product, one value of the output per invocation, element by element: for shapes that fit no vectors or blocks.
#extension GL_GOOGLE_include_directive : require
#include "product.glsl"
layout(std430, set = 0, binding = 2) readonly buffer X { float x[]; };

void main() {
    uint row = item() / columns;
    uint column = item() % columns;
    if (row >= live(rows) || (GATED && gateOf(row, column) == 0.0)) {
        return;
    }
    uint from = weightAt + column * weightStride;
    uint at = xAt + row * xStride;
    float sum = 0;
    for (uint i = 0; i < depth; i++) {
        sum += weight(from + i) * x[at + i];
    }
    finish(row, column, sum);
}
