#version 450
// Matrix product in tiles of 64 x 64 through shared memory, 256 invocations of 4 x 4 values each.
#extension GL_GOOGLE_include_directive : require
#include "product.glsl"
layout(std430, set = 0, binding = 2) readonly buffer X { float x[]; };
const uint SIDE = 64;
const uint DEPTH = 16;
shared float xTile[DEPTH][SIDE + 1];
shared float wTile[DEPTH][SIDE + 1];

void main() {
    uint tiles = (columns + SIDE - 1) / SIDE;
    uint column0 = group() % tiles * SIDE;
    uint row0 = group() / tiles * SIDE;
    uint count = live(rows);
    if (row0 >= count) {
        return;
    }
    uint lane = gl_LocalInvocationID.x;
    float sums[4][4];
    for (uint i = 0; i < 4; i++) {
        for (uint j = 0; j < 4; j++) {
            sums[i][j] = 0;
        }
    }
    for (uint from = 0; from < depth; from += DEPTH) {
        for (uint i = lane; i < SIDE * DEPTH; i += gl_WorkGroupSize.x) {
            uint k = i % DEPTH;
            uint side = i / DEPTH;
            bool inside = from + k < depth;
            uint row = row0 + side;
            uint column = column0 + side;
            xTile[k][side] = inside && row < count ? x[xAt + row * xStride + from + k] : 0.0;
            wTile[k][side] = inside && column < columns ? weight(weightAt + column * weightStride + from + k) : 0.0;
        }
        barrier();
        for (uint k = 0; k < DEPTH; k++) {
            float a[4];
            float b[4];
            for (uint i = 0; i < 4; i++) {
                a[i] = xTile[k][lane / 16 + 16 * i];
                b[i] = wTile[k][lane % 16 + 16 * i];
            }
            for (uint i = 0; i < 4; i++) {
                for (uint j = 0; j < 4; j++) {
                    sums[i][j] += a[i] * b[j];
                }
            }
        }
        barrier();
    }
    for (uint i = 0; i < 4; i++) {
        for (uint j = 0; j < 4; j++) {
            uint row = row0 + lane / 16 + 16 * i;
            uint column = column0 + lane % 16 + 16 * j;
            if (row < count && column < columns) {
                finish(row, column, sums[i][j]);
            }
        }
    }
}
