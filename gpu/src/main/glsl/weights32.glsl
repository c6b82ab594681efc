// 32 neighbours of a row as float32 without their scale, which is returned. Blocks that have more than a scale come
// finished, with a scale of 1. Written without loops and arrays, which some compilers would keep in memory.
#include "blocks.glsl"

vec4 pairs(uint a, uint b) {
    return TYPE == F16
            ? vec4(unpackHalf2x16(a), unpackHalf2x16(b))
            : uintBitsToFloat(uvec4(a << 16, a & 0xffff0000u, b << 16, b & 0xffff0000u));
}

vec4 bytes(uint word) {
    return vec4((ivec4(word << 24, word << 16, word << 8, word)) >> 24);
}

struct Weights32 {
    vec4 a, b, c, d, e, f, g, h;
    float scale;
};

Weights32 weights32(uint i) {
    Weights32 w;
    w.scale = 1.0;
    if (TYPE == F16 || TYPE == BF16) {
        uvec4 p = WEIGHT_QUAD(i >> 3);
        uvec4 q = WEIGHT_QUAD((i >> 3) + 1);
        uvec4 r = WEIGHT_QUAD((i >> 3) + 2);
        uvec4 s = WEIGHT_QUAD((i >> 3) + 3);
        w.a = pairs(p.x, p.y);
        w.b = pairs(p.z, p.w);
        w.c = pairs(q.x, q.y);
        w.d = pairs(q.z, q.w);
        w.e = pairs(r.x, r.y);
        w.f = pairs(r.z, r.w);
        w.g = pairs(s.x, s.y);
        w.h = pairs(s.z, s.w);
    } else if (TYPE == Q8_0) {
        uvec4 p = WEIGHT_QUAD(i >> 4);
        uvec4 q = WEIGHT_QUAD((i >> 4) + 1);
        w.a = bytes(p.x);
        w.b = bytes(p.y);
        w.c = bytes(p.z);
        w.d = bytes(p.w);
        w.e = bytes(q.x);
        w.f = bytes(q.y);
        w.g = bytes(q.z);
        w.h = bytes(q.w);
        w.scale = scaleOf(i >> 5);
    } else if (BLOCKS) {
        Quants q = quantsOf(i >> 5);
        w.a = numbers(q.first.x);
        w.b = numbers(q.first.y);
        w.c = numbers(q.first.z);
        w.d = numbers(q.first.w);
        w.e = numbers(q.second.x);
        w.f = numbers(q.second.y);
        w.g = numbers(q.second.z);
        w.h = numbers(q.second.w);
        if (ONE_SCALE) {
            w.scale = scaleOf(i >> 5);
        } else {
            Scales s = scalesOf(i >> 5);
            w.a = s.scale.x * w.a - s.minimum.x;
            w.b = s.scale.x * w.b - s.minimum.x;
            w.c = s.scale.x * w.c - s.minimum.x;
            w.d = s.scale.x * w.d - s.minimum.x;
            w.e = s.scale.y * w.e - s.minimum.y;
            w.f = s.scale.y * w.f - s.minimum.y;
            w.g = s.scale.y * w.g - s.minimum.y;
            w.h = s.scale.y * w.h - s.minimum.y;
        }
    } else {
        w.a = uintBitsToFloat(WEIGHT_QUAD(i >> 2));
        w.b = uintBitsToFloat(WEIGHT_QUAD((i >> 2) + 1));
        w.c = uintBitsToFloat(WEIGHT_QUAD((i >> 2) + 2));
        w.d = uintBitsToFloat(WEIGHT_QUAD((i >> 2) + 3));
        w.e = uintBitsToFloat(WEIGHT_QUAD((i >> 2) + 4));
        w.f = uintBitsToFloat(WEIGHT_QUAD((i >> 2) + 5));
        w.g = uintBitsToFloat(WEIGHT_QUAD((i >> 2) + 6));
        w.h = uintBitsToFloat(WEIGHT_QUAD((i >> 2) + 7));
    }
    return w;
}
