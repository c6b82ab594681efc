#version 450
// Adds the norm of x to each of some streams, a row a work group.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#include "common.glsl"
layout(constant_id = 2) const uint STREAMS = 4;
layout(std430, set = 0, binding = 1) buffer Out { float result[]; };
layout(std430, set = 0, binding = 2) readonly buffer X { float x[]; };
layout(std430, set = 0, binding = 3) readonly buffer Norm { float norm[]; };
layout(push_constant) uniform Args {
    uint resultAt, resultStride, xAt, xStride, normAt, normStride;
    uint rows, columns, resultsApart;
    float eps;
};
#include "rows.glsl"

void main() {
    uint row = group();
    if (row >= live(rows)) {
        return;
    }
    uint to = resultAt + row * resultStride;
    float values[PER_LANE];
    float norms[PER_LANE];
    LOAD(values, x[xAt + row * xStride + c])
    LOAD(norms, norm[normAt + c])
    float sums[STREAMS][PER_LANE];
    [[unroll]] for (uint i = 0; i < STREAMS; i++) {
        LOAD(sums[i], result[to + i * resultsApart + c])
    }
    float factor = rmsFactor(groupSum(vec4(squaresOf(values))).x);
    EACH(k, c) {
        [[unroll]] for (uint i = 0; i < STREAMS; i++) {
            result[to + i * resultsApart + c] = sums[i][k] + values[k] * factor * norms[k];
        }
    }
}
