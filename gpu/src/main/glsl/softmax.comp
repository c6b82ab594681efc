#version 450
// Softmax of each row, in place.
#extension GL_GOOGLE_include_directive : require
#include "common.glsl"
#include "reduce.glsl"
shared float partial[gl_WorkGroupSize.x];
REDUCTION(groupSum, float, partial, PLUS)
REDUCTION(groupMax, float, partial, max)
layout(std430, set = 0, binding = 1) buffer X { float x[]; };
layout(push_constant) uniform Args {
    uint xAt, xStride;
    uint rows, columns;
};

void main() {
    if (group() >= live(rows)) {
        return;
    }
    uint at = xAt + group() * xStride;
    float largest = -3.402823466e38;
    for (uint i = gl_LocalInvocationID.x; i < columns; i += gl_WorkGroupSize.x) {
        largest = max(largest, x[at + i]);
    }
    largest = groupMax(largest);
    float sum = 0;
    for (uint i = gl_LocalInvocationID.x; i < columns; i += gl_WorkGroupSize.x) {
        float value = exp(x[at + i] - largest);
        x[at + i] = value;
        sum += value;
    }
    float share = 1.0 / groupSum(sum);
    for (uint i = gl_LocalInvocationID.x; i < columns; i += gl_WorkGroupSize.x) {
        x[at + i] *= share;
    }
}
