#version 450
// The largest value of each block of columns; what is no number where there is one. An invocation a block.
#extension GL_GOOGLE_include_directive : require
#include "common.glsl"
layout(std430, set = 0, binding = 1) buffer Out { float result[]; };
layout(std430, set = 0, binding = 2) readonly buffer X { float x[]; };
layout(push_constant) uniform Args {
    uint outAt, outStride, xAt, xStride;
    uint rows, columns, blocks, block;
};

void main() {
    uint row = item() / blocks;
    uint from = item() % blocks * block;
    if (row >= live(rows)) {
        return;
    }
    float largest = x[xAt + row * xStride + from];
    for (uint c = from + 1; c < min(from + block, columns); c++) {
        float value = x[xAt + row * xStride + c];
        largest = !isNumber(largest) ? largest : !isNumber(value) ? value : max(largest, value);
    }
    result[outAt + row * outStride + item() % blocks] = largest;
}
