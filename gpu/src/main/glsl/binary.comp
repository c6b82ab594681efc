#version 450
// out = a + b or a * b; b of one row serves every row, and may be a weight.
#extension GL_GOOGLE_include_directive : require
#define WEIGHT 3
#define SCALES 4
#include "common.glsl"
#include "weight.glsl"
layout(constant_id = 2) const bool MULTIPLY = false;
layout(std430, set = 0, binding = 1) buffer Out { float result[]; };
layout(std430, set = 0, binding = 2) readonly buffer A { float a[]; };
layout(push_constant) uniform Args {
    uint outAt, outStride, aAt, aStride, bAt, bStride;
    uint rows, columns, bRows;
};

void main() {
    uint row = item() / columns;
    uint column = item() % columns;
    if (row < live(rows)) {
        float left = a[aAt + row * aStride + column];
        float right = weight(bAt + (bRows == 1 ? 0 : row * bStride) + column);
        result[outAt + row * outStride + column] = MULTIPLY ? left * right : left + right;
    }
}
