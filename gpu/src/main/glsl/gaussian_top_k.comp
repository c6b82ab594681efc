#version 450
// x = relu(x - (mean + deviation * multiplier)) per row, in place.
#extension GL_GOOGLE_include_directive : require
#include "common.glsl"
#include "reduce.glsl"
shared float partial[gl_WorkGroupSize.x];
REDUCTION(groupSum, float, partial, PLUS)
layout(std430, set = 0, binding = 1) buffer X { float x[]; };
layout(push_constant) uniform Args {
    uint xAt, xStride;
    uint rows, columns;
    float multiplier;
};

void main() {
    if (group() >= live(rows)) {
        return;
    }
    uint at = xAt + group() * xStride;
    float sum = 0;
    for (uint i = gl_LocalInvocationID.x; i < columns; i += gl_WorkGroupSize.x) {
        sum += x[at + i];
    }
    float mean = groupSum(sum) / float(columns);
    float squares = 0;
    for (uint i = gl_LocalInvocationID.x; i < columns; i += gl_WorkGroupSize.x) {
        float d = x[at + i] - mean;
        squares += d * d;
    }
    float cutoff = mean + sqrt(groupSum(squares) / float(columns)) * multiplier;
    for (uint i = gl_LocalInvocationID.x; i < columns; i += gl_WorkGroupSize.x) {
        float value = x[at + i] - cutoff;
        x[at + i] = value < 0.0 ? 0.0 : value; // NaN stays
    }
}
