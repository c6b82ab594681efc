#version 450
// Matrix product for devices that are CPUs: each invocation computes two columns of the output for four rows of x. Weights
// and x are texels.
#extension GL_GOOGLE_include_directive : require
#define TEXELS
#include "product.glsl"
layout(set = 0, binding = 2) uniform utextureBuffer xTexels;
#define X_QUAD(i) uintBitsToFloat(texelFetch(xTexels, int(i)))

void store(uint row, uint column, float value) {
    if (row < live(rows) && column < columns) {
        finish(row, column, value);
    }
}

void main() {
    uint pairs = (columns + 1) / 2;
    uint tiles = (pairs + gl_WorkGroupSize.x - 1) / gl_WorkGroupSize.x;
    uint column = 2 * (group() % tiles * gl_WorkGroupSize.x + gl_LocalInvocationID.x);
    uint row = group() / tiles * 4;
    uint last = live(rows) - 1;
    if (row > last || column >= columns) {
        return;
    }
    uvec2 from = weightAt + uvec2(column, min(column + 1, columns - 1)) * weightStride;
    uvec4 at = xAt + min(uvec4(row, row + 1, row + 2, row + 3), last) * xStride; // rows past the end are not stored
    vec4 first = vec4(0);
    vec4 second = vec4(0);
    for (uint i = 0; i < depth; i += 32) {
        Weights32 v = weights32(from.x + i);
        Weights32 w = weights32(from.y + i);
        uvec4 quad = (at + i) >> 2;
#define TERM(part, member, offset) \
            x = X_QUAD(quad.part + offset); \
            p += dot(v.member, x); \
            q += dot(w.member, x);
#define ROW(part) \
        { \
            float p = 0; \
            float q = 0; \
            vec4 x; \
            TERM(part, a, 0) TERM(part, b, 1) TERM(part, c, 2) TERM(part, d, 3) \
            TERM(part, e, 4) TERM(part, f, 5) TERM(part, g, 6) TERM(part, h, 7) \
            first.part += v.scale * p; \
            second.part += w.scale * q; \
        }
        ROW(x)
        ROW(y)
        ROW(z)
        ROW(w)
    }
    store(row, column, first.x);
    store(row, column + 1, second.x);
    store(row + 1, column, first.y);
    store(row + 1, column + 1, second.y);
    store(row + 2, column, first.z);
    store(row + 2, column + 1, second.z);
    store(row + 3, column, first.w);
    store(row + 3, column + 1, second.w);
}
