#version 450
// Norm of each head, then rotary embedding, in place or into a ring cache; a head a work group.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#include "common.glsl"
#include "sin_cos.glsl"
layout(constant_id = 2) const bool WEIGHTED = true;
layout(constant_id = 3) const bool ROPE = true;
layout(constant_id = 4) const bool STORE = false;
layout(constant_id = 5) const uint HEAD_DIM = 256;
layout(std430, set = 0, binding = 1) buffer Out { float result[]; };
layout(std430, set = 0, binding = 2) readonly buffer X { float x[]; };
layout(std430, set = 0, binding = 3) readonly buffer Norm { float norm[]; };
layout(std430, set = 0, binding = 4) readonly buffer Frequencies { float inverseFrequencies[]; };
layout(push_constant) uniform Args {
    uint resultAt, resultStride, xAt, xStride, normAt, normStride, frequenciesAt, frequenciesStride;
    uint rows, heads, capacity;
    float eps;
};
const uint columns = HEAD_DIM;
#include "rows.glsl"
shared float head[HEAD_DIM];

void main() {
    uint row = group() / heads;
    if (row >= live(rows)) {
        return;
    }
    uint first = group() % heads * HEAD_DIM;
    float values[PER_LANE];
    float norms[PER_LANE];
    LOAD(values, x[xAt + row * xStride + first + c])
    LOAD(norms, WEIGHTED ? norm[normAt + c] : 1.0)
    float factor = rmsFactor(groupSum(vec4(squaresOf(values))).x);
    EACH(k, c) {
        head[c] = values[k] * factor * norms[k];
    }
    barrier();
    uint at = firstPosition(rows) + row;
    uint to = resultAt + (STORE ? at % capacity : row) * resultStride + first;
    EACH(k, c) {
        float value = head[c];
        if (ROPE) {
            uint pairs = HEAD_DIM / 2;
            uint pair = c % pairs;
            float s;
            float t;
            sinCos(inverseFrequencies[frequenciesAt + pair] * float(at), s, t);
            value = c < pairs ? value * t - head[c + pairs] * s : value * t + head[c - pairs] * s;
        }
        result[to + c] = value;
    }
}
