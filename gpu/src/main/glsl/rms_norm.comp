#version 450
// RMS norm of each group of `width` columns; one work group each.
#extension GL_GOOGLE_include_directive : require
#define WEIGHT 3
#define SCALES 4
#include "common.glsl"
#include "weight.glsl"
#include "reduce.glsl"
shared float partial[gl_WorkGroupSize.x];
REDUCTION(groupSum, float, partial, PLUS)
layout(constant_id = 2) const bool WEIGHTED = true;
layout(std430, set = 0, binding = 1) buffer Out { float result[]; };
layout(std430, set = 0, binding = 2) readonly buffer X { float x[]; };
layout(push_constant) uniform Args {
    uint outAt, outStride, xAt, xStride, weightAt, weightStride;
    uint rows, groupsPerRow, width;
    float eps;
};

void main() {
    uint row = group() / groupsPerRow;
    uint column = group() % groupsPerRow * width;
    if (row >= live(rows)) {
        return;
    }
    uint from = xAt + row * xStride + column;
    uint to = outAt + row * outStride + column;
    float squares = 0;
    for (uint i = gl_LocalInvocationID.x; i < width; i += gl_WorkGroupSize.x) {
        squares += x[from + i] * x[from + i];
    }
    float factor = 1.0 / sqrt(groupSum(squares) / float(width) + eps);
    for (uint i = gl_LocalInvocationID.x; i < width; i += gl_WorkGroupSize.x) {
        float value = x[from + i] * factor;
        result[to + i] = WEIGHTED ? value * weight(weightAt + i) : value;
    }
}
