// 32 neighbours of a row as float32 without their scale, which is returned. Written without loops and arrays, which some
// compilers would keep in memory.
vec4 pairs(uint a, uint b) {
    return TYPE == F16
            ? vec4(unpackHalf2x16(a), unpackHalf2x16(b))
            : uintBitsToFloat(uvec4(a << 16, a & 0xffff0000u, b << 16, b & 0xffff0000u));
}

vec4 bytes(uint word) {
    return vec4((ivec4(word << 24, word << 16, word << 8, word)) >> 24);
}

vec4 nibbles(uint word) {
    return vec4(uvec4(word, word >> 8, word >> 16, word >> 24) & 15u) - 8.0;
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
    } else if (TYPE == Q4_0) {
        uvec4 q = WEIGHT_QUAD(i >> 5);
        w.a = nibbles(q.x);
        w.b = nibbles(q.y);
        w.c = nibbles(q.z);
        w.d = nibbles(q.w);
        w.e = nibbles(q.x >> 4);
        w.f = nibbles(q.y >> 4);
        w.g = nibbles(q.z >> 4);
        w.h = nibbles(q.w >> 4);
        w.scale = scaleOf(i >> 5);
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

// The product with 32 values of x, from quad number `at` on; before including: X_QUAD.
#define DOT32(w, at) \
    (w.scale * (dot(w.a, X_QUAD(at)) + dot(w.b, X_QUAD((at) + 1)) + dot(w.c, X_QUAD((at) + 2)) \
            + dot(w.d, X_QUAD((at) + 3)) + dot(w.e, X_QUAD((at) + 4)) + dot(w.f, X_QUAD((at) + 5)) \
            + dot(w.g, X_QUAD((at) + 6)) + dot(w.h, X_QUAD((at) + 7))))
