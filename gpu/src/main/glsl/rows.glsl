// A work group works on one row, which its invocations hold in registers: element c = lane + k * lanes of the row is in
// place k of an invocation. The number of places is known when the kernel is made, so loops unroll and loads overlap.
// Before including: the row's length as `columns`.
layout(constant_id = 1) const uint PER_LANE = 8;
#define EACH(k, c) \
    [[unroll]] for (uint k = 0, c = gl_LocalInvocationID.x; k < PER_LANE; k++, c += gl_WorkGroupSize.x) \
        if (c < columns)
// All values of a kernel are loaded before the first is used, so that their loads overlap.
#define LOAD(into, from) \
    [[unroll]] for (uint k = 0, c = gl_LocalInvocationID.x; k < PER_LANE; k++, c += gl_WorkGroupSize.x) { \
        into[k] = c < columns ? (from) : 0.0; \
    }
#include "reduce.glsl"
shared vec4 partial[gl_WorkGroupSize.x];
REDUCTION(groupSum, vec4, partial, PLUS)

float squaresOf(float values[PER_LANE]) {
    float squares = 0;
    [[unroll]] for (uint k = 0; k < PER_LANE; k++) {
        squares += values[k] * values[k];
    }
    return squares;
}

// What a norm multiplies with, by the sum of squares over the row; before including: eps.
float rmsFactor(float squares) {
    return 1.0 / sqrt(squares / float(columns) + eps);
}
