#version 450
// Rows of x in blocks of 32 as 16-bit integers times a scale, each integer split into two signed bytes, so that integer
// dot products of bytes give what float32 activations give to 16 bits. A block is five quads: high bytes, low bytes,
// then (scale, scale * sum of the first 16 integers, the same of the others).
#extension GL_GOOGLE_include_directive : require
#include "common.glsl"
layout(std430, set = 0, binding = 1) buffer Out { uvec4 blocks[]; };
layout(std430, set = 0, binding = 2) readonly buffer X { vec4 xQuads[]; };
layout(push_constant) uniform Args {
    uint outAt, outStride, xAt, xStride;
    uint rows, blocksPerRow;
};

uint pack(ivec4 v) {
    uvec4 u = uvec4(v) & 255u;
    return u.x | u.y << 8 | u.z << 16 | u.w << 24;
}

int total(ivec4 v) {
    return v.x + v.y + v.z + v.w;
}

void main() {
    uint row = item() / blocksPerRow;
    uint block = item() % blocksPerRow;
    if (row >= live(rows)) {
        return;
    }
    uint from = (xAt + row * xStride >> 2) + block * 8;
    vec4 values[8];
    vec4 most = vec4(0);
    for (uint i = 0; i < 8; i++) {
        values[i] = xQuads[from + i];
        most = max(most, abs(values[i]));
    }
    float largest = max(max(most.x, most.y), max(most.z, most.w));
    float d = largest / 32512.0; // 127 * 256
    float inverse = d > 0.0 ? 1.0 / d : 0.0;
    uint high[8];
    uint low[8];
    ivec4 sums[2] = {ivec4(0), ivec4(0)};
    bool finite = true;
    for (uint i = 0; i < 8; i++) {
        ivec4 q = ivec4(round(values[i] * inverse));
        ivec4 h = (q + 128) >> 8;
        high[i] = pack(h);
        low[i] = pack(q - h * 256);
        sums[i / 4] += q;
        finite = finite && !any(isnan(values[i])) && !any(isinf(values[i]));
    }
    float scale = finite ? d : uintBitsToFloat(0x7fc00000u); // what can't be a number stays none
    uint to = (outAt + row * outStride >> 2) + block * 5;
    blocks[to] = uvec4(high[0], high[1], high[2], high[3]);
    blocks[to + 1] = uvec4(high[4], high[5], high[6], high[7]);
    blocks[to + 2] = uvec4(low[0], low[1], low[2], low[3]);
    blocks[to + 3] = uvec4(low[4], low[5], low[6], low[7]);
    vec2 totals = scale * vec2(total(sums[0]), total(sums[1]));
    blocks[to + 4] = uvec4(floatBitsToUint(scale), floatBitsToUint(totals), 0);
}
