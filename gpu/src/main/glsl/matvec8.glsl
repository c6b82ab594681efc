// A work group computes COLUMNS values of the output: neighbouring invocations read neighbouring eights of a row and of x,
// and a value of x is read once for all columns. Four eights at a time, so that their loads overlap.
// Before including: LANE and LANES (number of the invocation, invocations), and what teams.glsl wants.
layout(constant_id = 5) const uint COLUMNS = 2; // 1 or 2
layout(std430, set = 0, binding = 2) readonly buffer X { float x[]; };
layout(std430, set = 0, binding = 2) readonly buffer X4 { vec4 xQuads[]; };

vec4 eight(uvec4 from, uint at, uint i) {
    uint quad = at + firstQuad(i);
    vec4 a = xQuads[quad];
    vec4 b = xQuads[quad + QUADS_APART];
    vec4 sums = vec4(0);
#define COLUMN(part) \
    { \
        Weights8 w = weights8(from.part + i); \
        sums.part = w.scale * (dot(w.a, a) + dot(w.b, b)); \
    }
    COLUMN(x)
    if (COLUMNS > 1) {
        COLUMN(y)
    }
    return sums;
}

vec4 products(uvec4 from, uint at) {
    vec4 sums = vec4(0);
    if (!ALIGNED) {
        for (uint i = LANE; i < depth; i += LANES) {
            sums.xy += x[at + i] * vec2(weight(from.x + i), COLUMNS > 1 ? weight(from.y + i) : 0.0);
        }
        return sums;
    }
    from >>= 3;
    at >>= 2;
    uint count = depth >> 3;
    uint i = LANE;
    for (; i + 3 * LANES < count; i += 4 * LANES) {
        vec4 first = eight(from, at, i) + eight(from, at, i + LANES);
        sums += first + (eight(from, at, i + 2 * LANES) + eight(from, at, i + 3 * LANES));
    }
    for (; i < count; i += LANES) {
        sums += eight(from, at, i);
    }
    return sums;
}
#include "teams.glsl"
