#version 450
// RMS norm of each group of `width` columns, a work group each.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#define WEIGHT 3
#define SCALES 4
#define TYPE_ID 2
#include "common.glsl"
#include "weight.glsl"
layout(constant_id = 3) const bool WEIGHTED = true;
layout(std430, set = 0, binding = 1) buffer Out { float result[]; };
layout(std430, set = 0, binding = 2) readonly buffer X { float x[]; };
layout(push_constant) uniform Args {
    uint outAt, outStride, xAt, xStride, weightAt, weightStride;
    uint rows, groupsPerRow, columns;
    float eps;
};
#include "rows.glsl"

void main() {
    uint row = group() / groupsPerRow;
    uint first = group() % groupsPerRow * columns;
    if (row >= live(rows)) {
        return;
    }
    uint from = xAt + row * xStride + first;
    float values[PER_LANE];
    float weights[PER_LANE];
    LOAD(values, x[from + c])
    LOAD(weights, WEIGHTED ? weight(weightAt + c) : 1.0)
    float factor = rmsFactor(groupSum(vec4(squaresOf(values))).x);
    EACH(k, c) {
        result[outAt + row * outStride + first + c] = values[k] * factor * weights[k];
    }
}
