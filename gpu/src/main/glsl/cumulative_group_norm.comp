#version 450
// Group norm with one group whose mean and variance run from the first time step to each, in place. One work group walks
// through the rows [from, to) of time; its running sums, which go on from dispatch to dispatch, are compensated (Neumaier).
#extension GL_GOOGLE_include_directive : require
#define WEIGHT 2
#define SCALES 3
#include "common.glsl"
#include "weight.glsl"
#include "reduce.glsl"
shared float partial[gl_WorkGroupSize.x];
REDUCTION(groupSum, float, partial, PLUS)
layout(std430, set = 0, binding = 1) buffer X { float x[]; };
layout(std430, set = 0, binding = 4) buffer State { vec4 state[]; }; // sum, its lost part, squares, their lost part
layout(push_constant) uniform Args {
    uint xAt, xStride, weightAt, weightStride, stateAt, stateStride;
    uint rows, columns, channels, from, to;
    float eps;
};

struct Running {
    float sum;
    float lost;
};

Running plus(Running r, float value) {
    precise float sum = r.sum + value;
    precise float lost = abs(r.sum) >= abs(value) ? (r.sum - sum) + value : (value - sum) + r.sum;
    return Running(sum, r.lost + lost);
}

void main() {
    vec4 before = from == 0 ? vec4(0) : state[0];
    Running sums = Running(before.x, before.y);
    Running squares = Running(before.z, before.w);
    for (uint row = from; row < min(to, live(rows)); row++) {
        uint at = xAt + row * xStride;
        float part = 0;
        for (uint i = gl_LocalInvocationID.x; i < columns; i += gl_WorkGroupSize.x) {
            part += x[at + i];
        }
        sums = plus(sums, groupSum(part));
        float count = float(row + 1) * float(columns);
        float mean = (sums.sum + sums.lost) / count;
        part = 0;
        for (uint i = gl_LocalInvocationID.x; i < columns; i += gl_WorkGroupSize.x) {
            float d = x[at + i] - mean;
            part += d * d;
        }
        squares = plus(squares, groupSum(part));
        float factor = 1.0 / sqrt((squares.sum + squares.lost) / count + eps);
        for (uint i = gl_LocalInvocationID.x; i < columns; i += gl_WorkGroupSize.x) {
            x[at + i] = (x[at + i] - mean) * factor * weight(weightAt + i % channels);
        }
    }
    if (gl_LocalInvocationID.x == 0) {
        state[0] = vec4(sums.sum, sums.lost, squares.sum, squares.lost);
    }
}
