// A team of invocations computes COLUMNS values of the output: neighbouring invocations read
// neighbouring blocks of a row, and a value of x is read once for all columns.
// Before including: X_QUAD, TEAM and TEAMS (number of the team in its work group, teams of a group), LANE and LANES (number
// of the invocation in its team, invocations of a team), SUM (over a team).
layout(constant_id = 5) const uint COLUMNS = 4; // 1 or 4

vec4 products(uvec4 from, uint at) {
    vec4 sums = vec4(0);
    for (uint i = LANE * 32; i < depth; i += LANES * 32) {
        uint quad = (at + i) >> 2;
        vec4 a = X_QUAD(quad);
        vec4 b = X_QUAD(quad + 1);
        vec4 c = X_QUAD(quad + 2);
        vec4 d = X_QUAD(quad + 3);
        vec4 e = X_QUAD(quad + 4);
        vec4 f = X_QUAD(quad + 5);
        vec4 g = X_QUAD(quad + 6);
        vec4 h = X_QUAD(quad + 7);
#define COLUMN(part) \
        { \
            Weights32 w = weights32(from.part + i); \
            sums.part += w.scale * (dot(w.a, a) + dot(w.b, b) + dot(w.c, c) + dot(w.d, d) \
                    + dot(w.e, e) + dot(w.f, f) + dot(w.g, g) + dot(w.h, h)); \
        }
        COLUMN(x)
        if (COLUMNS == 4) {
            COLUMN(y)
            COLUMN(z)
            COLUMN(w)
        }
    }
    return sums;
}
#include "teams.glsl"
