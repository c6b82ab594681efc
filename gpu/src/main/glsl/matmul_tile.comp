#version 450
// Matrix product in square tiles through shared memory; each invocation computes 4 x 4 values. While a tile is worked on,
// the next is on its way.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#include "product.glsl"
layout(std430, set = 0, binding = 2) readonly buffer X { float x[]; };
layout(std430, set = 0, binding = 2) readonly buffer X4 { vec4 xQuads[]; };
layout(constant_id = 5) const uint SIDE = 64; // of the tile; SIDE * SIDE / 16 invocations
const uint DEPTH = 32;
const uint EIGHTS = DEPTH / 8;
const uint LANES = SIDE * SIDE / 16;
const uint FETCHES = SIDE * EIGHTS / LANES; // eights of a tile that an invocation loads
shared vec4 xTile[DEPTH][SIDE / 4]; // quads of rows
shared vec4 wTile[DEPTH][SIDE / 4]; // quads of columns

// An eight of a row of x and one of a row of w.
struct Eights {
    vec4 xa, xb, wa, wb;
};

Eights fetch(uint row, uint column, bool rowInside, bool columnInside, uint from, uint eight) {
    uint quad = ((xAt + row * xStride + from) >> 2) + firstQuad(eight);
    Weights8 w = weights8(((weightAt + column * weightStride + from) >> 3) + eight);
    vec4 none = vec4(0);
    Eights e;
    e.xa = rowInside ? xQuads[quad] : none;
    e.xb = rowInside ? xQuads[quad + QUADS_APART] : none;
    e.wa = columnInside ? w.scale * w.a : none;
    e.wb = columnInside ? w.scale * w.b : none;
    return e;
}

void keep(uint side, uint k, vec4 xs, vec4 ws) {
    [[unroll]] for (uint i = 0; i < 4; i++) {
        xTile[k + i][side / 4][side % 4] = xs[i];
        wTile[k + i][side / 4][side % 4] = ws[i];
    }
}

// Rows that don't come in whole quads and blocks, value by value.
void keepPlain(uint row, uint column, bool rowInside, bool columnInside, uint from, uint side, uint eight) {
    for (uint k = 8 * eight; k < 8 * eight + 8; k++) {
        bool inside = from + k < depth;
        xTile[k][side / 4][side % 4] = inside && rowInside ? x[xAt + row * xStride + from + k] : 0.0;
        wTile[k][side / 4][side % 4] = inside && columnInside ? weight(weightAt + column * weightStride + from + k) : 0.0;
    }
}

void main() {
    uint tiles = (columns + SIDE - 1) / SIDE;
    uint column0 = group() % tiles * SIDE;
    uint row0 = group() / tiles * SIDE;
    uint count = live(rows);
    if (row0 >= count) {
        return;
    }
    uint lane = gl_LocalInvocationID.x;
    uint side = lane % SIDE;
    bool rowInside = row0 + side < count;
    bool columnInside = column0 + side < columns;
    uint row = min(row0 + side, count - 1);
    uint column = min(column0 + side, columns - 1);
    uint eight = lane / SIDE * FETCHES;
    Eights next[FETCHES];
    if (ALIGNED) {
        [[unroll]] for (uint f = 0; f < FETCHES; f++) {
            next[f] = fetch(row, column, rowInside, columnInside, 0, eight + f);
        }
    }
    uint myRow = lane / (SIDE / 4);
    uint myColumn = lane % (SIDE / 4);
    vec4 sums0 = vec4(0);
    vec4 sums1 = vec4(0);
    vec4 sums2 = vec4(0);
    vec4 sums3 = vec4(0);
    for (uint from = 0; from < depth; from += DEPTH) {
        [[unroll]] for (uint f = 0; f < FETCHES; f++) {
            if (ALIGNED) {
                uint quad = firstQuad(eight + f);
                keep(side, 4 * quad, next[f].xa, next[f].wa);
                keep(side, 4 * (quad + QUADS_APART), next[f].xb, next[f].wb);
            } else {
                keepPlain(row, column, rowInside, columnInside, from, side, eight + f);
            }
        }
        barrier();
        if (ALIGNED && from + DEPTH < depth) {
            [[unroll]] for (uint f = 0; f < FETCHES; f++) {
                next[f] = fetch(row, column, rowInside, columnInside, from + DEPTH, eight + f);
            }
        }
        [[unroll]] for (uint k = 0; k < DEPTH; k++) {
            vec4 a = xTile[k][myRow];
            vec4 b = wTile[k][myColumn];
            sums0 += a.x * b;
            sums1 += a.y * b;
            sums2 += a.z * b;
            sums3 += a.w * b;
        }
        barrier();
    }
    vec4 sums[4] = {sums0, sums1, sums2, sums3};
    for (uint i = 0; i < 4; i++) {
        for (uint j = 0; j < 4; j++) {
            uint r = row0 + 4 * myRow + i;
            uint c = column0 + 4 * myColumn + j;
            if (r < count && c < columns) {
                finish(r, c, sums[i][j]);
            }
        }
    }
}
