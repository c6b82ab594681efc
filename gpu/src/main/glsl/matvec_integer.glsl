// Quantised weights times a quantised row (quantize.comp) by integer dot products; see matvec.glsl for the teams.
// Before including: X_BLOCK, the quads of x.
layout(constant_id = 5) const uint COLUMNS = 4; // 1, 2 or 4

#include "dot16.glsl"

vec4 products(uvec4 from, uint at) {
    vec4 sums = vec4(0);
    from >>= 5;
    at >>= 2;
    for (uint block = LANE; block < depth >> 5; block += LANES) {
        uint quad = at + 5 * block;
        uvec4 high0 = X_BLOCK(quad);
        uvec4 high1 = X_BLOCK(quad + 1);
        uvec4 low0 = X_BLOCK(quad + 2);
        uvec4 low1 = X_BLOCK(quad + 3);
        vec3 scale = uintBitsToFloat(X_BLOCK(quad + 4).xyz);
#define COLUMN(part) sums.part += blockProduct(from.part + block, high0, high1, low0, low1, scale);
        COLUMN(x)
        if (COLUMNS > 1) {
            COLUMN(y)
        }
        if (COLUMNS > 2) {
            COLUMN(z)
            COLUMN(w)
        }
    }
    return sums;
}
#include "teams.glsl"
