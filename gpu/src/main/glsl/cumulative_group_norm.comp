#version 450
// Group norm with one group whose mean and variance run from the first time step to each, in place. One work group walks
// through time; its running sums are compensated (Neumaier), since time may be long.
#extension GL_GOOGLE_include_directive : require
#define WEIGHT 2
#define SCALES 3
#include "common.glsl"
#include "weight.glsl"
#include "reduce.glsl"
layout(std430, set = 0, binding = 1) buffer X { float x[]; };
layout(push_constant) uniform Args {
    uint xAt, xStride, weightAt, weightStride;
    uint rows, columns, channels;
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
    Running sums = Running(0, 0);
    Running squares = Running(0, 0);
    for (uint row = 0; row < live(rows); row++) {
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
}
