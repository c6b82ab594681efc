#version 450
// Rows of x: the last live one, or every n-th.
#extension GL_GOOGLE_include_directive : require
#include "common.glsl"
layout(constant_id = 1) const bool LAST = true;
layout(std430, set = 0, binding = 1) buffer Out { float result[]; };
layout(std430, set = 0, binding = 2) readonly buffer X { float x[]; };
layout(push_constant) uniform Args {
    uint outAt, outStride, xAt, xStride;
    uint rows, columns, xRows, every;
};

void main() {
    uint row = item() / columns;
    uint column = item() % columns;
    if (row < live(rows)) {
        uint source = LAST ? live(xRows) - 1 : row * every;
        result[outAt + row * outStride + column] = x[xAt + source * xStride + column];
    }
}
