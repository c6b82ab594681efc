// Blocks of 32 quants of four bits and more, eight to a record of QUADS: a quad of nibbles for each (its bytes hold quants
// 0..15 low and 16..31 high), the bits above them (bit k of byte j, or bits 2k and 2k + 1, belong to quant 4k + j), and where
// scales are quantised a quad of two bytes for each block. The plane of scales has float16: scales, or scales and minima.
// Before including: types.glsl, WEIGHT_QUAD, WEIGHT_WORD, scaleOf.

// First word of a block's record.
uint recordOf(uint block) {
    return 4 * QUADS * (block >> 3);
}

// Bits above the nibbles of a block: of its first half and of its second, or one word for both.
uvec2 highBits(uint block) {
    uint at = recordOf(block) + 32 + HIGH_BITS * (block & 7);
    return HIGH_BITS == 2 ? uvec2(WEIGHT_WORD(at), WEIGHT_WORD(at + 1)) : uvec2(WEIGHT_WORD(at));
}

// The high bits of quants 4k..4k + 3 and of those 16 later, in bytes as their nibbles are.
uvec2 above(uvec2 high, uint k) {
    return HIGH_BITS == 2
            ? ((high >> (2 * k)) & 0x03030303u) << 4
            : ((high >> uvec2(k, k + 4)) & 0x01010101u) << 4;
}

// All quants of a block, four to a word.
struct Quants {
    uvec4 first, second; // 0..15 and 16..31
};

Quants quantsOf(uint block) {
    uvec4 nibbles = WEIGHT_QUAD(QUADS * (block >> 3) + (block & 7));
    Quants q;
    q.first = nibbles & 0x0f0f0f0fu;
    q.second = (nibbles >> 4) & 0x0f0f0f0fu;
    if (HIGH_BITS > 0) {
        uvec2 high = highBits(block);
        uvec2 x = above(high, 0);
        uvec2 y = above(high, 1);
        uvec2 z = above(high, 2);
        uvec2 w = above(high, 3);
        q.first |= uvec4(x.x, y.x, z.x, w.x);
        q.second |= uvec4(x.y, y.y, z.y, w.y);
    }
    return q;
}

// What four nibbles stand for in IQ4_NL and IQ4_XS (kvalues_iq4nl), four values to a word.
vec4 tableValues(uvec4 q) {
    uvec4 low = mix(uvec4(0xbfad9881u), uvec4(0xf6eaddcfu), notEqual(q & 4u, uvec4(0)));
    uvec4 high = mix(uvec4(0x26190d01u), uvec4(0x71594535u), notEqual(q & 4u, uvec4(0)));
    uvec4 words = mix(low, high, notEqual(q & 8u, uvec4(0)));
    return vec4(ivec4(words << (24 - 8 * (q & 3u))) >> 24);
}

// Four quants, a byte each, as numbers.
vec4 numbers(uint word) {
    uvec4 q = uvec4(word, word >> 8, word >> 16, word >> 24) & 255u;
    return TABLE ? tableValues(q) : vec4(ivec4(q) - ZERO);
}

// A value is scale * number - minimum; of the block's two halves.
struct Scales {
    vec2 scale, minimum;
};

Scales scalesOf(uint block) {
    Scales s;
    s.minimum = vec2(0);
    if (!GROUPS) {
        s.scale = vec2(scaleOf(MINIMA ? 2 * block : block));
        s.minimum = MINIMA ? vec2(-scaleOf(2 * block + 1)) : vec2(0);
        return s;
    }
    uint both = WEIGHT_WORD(recordOf(block) + 4 * QUADS - 4 + ((block & 7) >> 1)) >> (16 * (block & 1));
    uint record = block >> 3;
    if (TYPE == Q4_K || TYPE == Q5_K) {
        s.scale = vec2(scaleOf(2 * record) * float(both & 255u));
        s.minimum = vec2(scaleOf(2 * record + 1) * float(both >> 8 & 255u));
    } else if (TYPE == Q2_K) {
        s.scale = scaleOf(2 * record) * vec2(both & 15u, both >> 8 & 15u);
        s.minimum = scaleOf(2 * record + 1) * vec2(both >> 4 & 15u, both >> 12 & 15u);
    } else {
        s.scale = scaleOf(record) * vec2(ivec2(both << 24, both << 16) >> 24);
    }
    return s;
}
