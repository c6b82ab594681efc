#version 450
// x = relu(x - (mean + deviation * multiplier)) per row, in place, a row a work group.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#include "common.glsl"
layout(std430, set = 0, binding = 1) buffer X { float x[]; };
layout(push_constant) uniform Args {
    uint xAt, xStride;
    uint rows, columns;
    float multiplier;
};
const float eps = 0;
#include "rows.glsl"

void main() {
    if (group() >= live(rows)) {
        return;
    }
    uint at = xAt + group() * xStride;
    float values[PER_LANE];
    LOAD(values, x[at + c])
    float sum = 0;
    [[unroll]] for (uint k = 0; k < PER_LANE; k++) {
        sum += values[k];
    }
    float mean = groupSum(vec4(sum)).x / float(columns);
    float squares = 0;
    EACH(k, c) {
        float d = values[k] - mean;
        squares += d * d;
    }
    float cutoff = mean + sqrt(groupSum(vec4(squares)).x / float(columns)) * multiplier;
    EACH(k, c) {
        float value = values[k] - cutoff;
        x[at + c] = isNumber(value) && value < 0.0 ? 0.0 : value;
    }
}
