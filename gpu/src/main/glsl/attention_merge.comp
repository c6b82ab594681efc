#version 450
// Puts together what attention.comp found in tiles of keys, a head of a query a work group.
#extension GL_GOOGLE_include_directive : require
#include "common.glsl"
layout(constant_id = 1) const uint HEAD_DIM = 256;
layout(std430, set = 0, binding = 1) buffer Out { float result[]; };
layout(std430, set = 0, binding = 2) readonly buffer Parts { float parts[]; };
layout(std430, set = 0, binding = 3) readonly buffer Stats { float stats[]; };
layout(push_constant) uniform Args {
    uint outAt, outStride, partsAt, partsStride, statsAt, statsStride;
    uint rows, heads, tiles, window, keysPerTile;
};

void main() {
    uint row = group() / heads;
    uint head = group() % heads;
    if (row >= live(rows)) {
        return;
    }
    uint seen = min(firstPosition(rows) + row + 1, window);
    uint count = (seen + keysPerTile - 1) / keysPerTile;
    uint first = (row * heads + head) * tiles;
    float largest = -3.402823466e38;
    for (uint i = 0; i < count; i++) {
        largest = max(largest, stats[statsAt + (first + i) * statsStride]);
    }
    for (uint c = gl_LocalInvocationID.x; c < HEAD_DIM; c += gl_WorkGroupSize.x) {
        float sum = 0;
        float total = 0;
        for (uint i = 0; i < count; i++) {
            uint at = statsAt + (first + i) * statsStride;
            float weight = exp(stats[at] - largest);
            total += weight * stats[at + 1];
            sum += weight * parts[partsAt + (first + i) * partsStride + c];
        }
        result[outAt + row * outStride + head * HEAD_DIM + c] = sum / total;
    }
}
