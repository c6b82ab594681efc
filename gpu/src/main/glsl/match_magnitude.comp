#version 450
// x = x * rms(like) / sqrt(max(mean(x^2), floor)) per row, in place.
#extension GL_GOOGLE_include_directive : require
#include "common.glsl"
#include "reduce.glsl"
shared float partial[gl_WorkGroupSize.x];
REDUCTION(groupSum, float, partial, PLUS)
layout(std430, set = 0, binding = 1) buffer X { float x[]; };
layout(std430, set = 0, binding = 2) readonly buffer Like { float like[]; };
layout(push_constant) uniform Args {
    uint xAt, xStride, likeAt, likeStride;
    uint rows, columns;
    float floorOfMean;
};

void main() {
    if (group() >= live(rows)) {
        return;
    }
    uint at = xAt + group() * xStride;
    uint likeFrom = likeAt + group() * likeStride;
    float own = 0;
    float wanted = 0;
    for (uint i = gl_LocalInvocationID.x; i < columns; i += gl_WorkGroupSize.x) {
        own += x[at + i] * x[at + i];
        wanted += like[likeFrom + i] * like[likeFrom + i];
    }
    own = groupSum(own) / float(columns);
    wanted = groupSum(wanted) / float(columns);
    float factor = sqrt(wanted) / sqrt(own < floorOfMean ? floorOfMean : own);
    for (uint i = gl_LocalInvocationID.x; i < columns; i += gl_WorkGroupSize.x) {
        x[at + i] *= factor;
    }
}
