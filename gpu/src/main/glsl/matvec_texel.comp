#version 450
// Matrix times vector for devices that are CPUs: each invocation computes COLUMNS values of the output, so that a value of
// x, which is uniform, is read once for all of them. Weights are texels, x is a uniform buffer.
#extension GL_GOOGLE_include_directive : require
#define TEXELS
#include "product.glsl"
layout(constant_id = 5) const uint COLUMNS = 4; // 1 or 4
layout(constant_id = 6) const uint X_QUADS = 4096;
layout(std140, set = 0, binding = 2) uniform X { vec4 xQuads[X_QUADS]; };
#define X_QUAD(i) xQuads[i]
#include "weights32.glsl"

void main() {
    uint column = item() * COLUMNS;
    if (column >= columns || (GATED && COLUMNS == 1 && gateOf(0, column) == 0.0)) {
        return;
    }
    uvec4 from = weightAt + min(uvec4(column, column + 1, column + 2, column + 3), columns - 1) * weightStride;
    vec4 sums = vec4(0);
    for (uint i = 0; i < depth; i += 32) {
        uint quad = (xAt + i) >> 2;
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
    finish(0, column, sums.x);
    if (COLUMNS == 4) {
        if (column + 1 < columns) {
            finish(0, column + 1, sums.y);
        }
        if (column + 2 < columns) {
            finish(0, column + 2, sums.z);
        }
        if (column + 3 < columns) {
            finish(0, column + 3, sums.w);
        }
    }
}
