// 32 neighbours of a row as float32 without their scale, which is returned.
vec4 low16(uint a, uint b) {
    return vec4(unpackHalf2x16(a), unpackHalf2x16(b));
}

vec4 brain(uint a, uint b) {
    return uintBitsToFloat(uvec4(a << 16, a & 0xffff0000u, b << 16, b & 0xffff0000u));
}

vec4 bytes(uint word) {
    int w = int(word);
    return vec4((ivec4(w << 24, w << 16, w << 8, w)) >> 24);
}

vec4 nibbles(uint word, int shift) {
    return vec4((uvec4(word, word >> 8, word >> 16, word >> 24) >> shift) & 15u) - 8.0;
}

float weights32(uint i, out vec4 w[8]) {
    switch (TYPE) {
        case F16:
            for (uint j = 0; j < 4; j++) {
                uvec4 q = weightQuads[(i >> 3) + j];
                w[2 * j] = low16(q.x, q.y);
                w[2 * j + 1] = low16(q.z, q.w);
            }
            return 1.0;
        case BF16:
            for (uint j = 0; j < 4; j++) {
                uvec4 q = weightQuads[(i >> 3) + j];
                w[2 * j] = brain(q.x, q.y);
                w[2 * j + 1] = brain(q.z, q.w);
            }
            return 1.0;
        case Q8_0:
            for (uint j = 0; j < 2; j++) {
                uvec4 q = weightQuads[(i >> 4) + j];
                w[4 * j] = bytes(q.x);
                w[4 * j + 1] = bytes(q.y);
                w[4 * j + 2] = bytes(q.z);
                w[4 * j + 3] = bytes(q.w);
            }
            return scaleOf(i >> 5);
        case Q4_0: {
            uvec4 q = weightQuads[i >> 5];
            w[0] = nibbles(q.x, 0);
            w[1] = nibbles(q.y, 0);
            w[2] = nibbles(q.z, 0);
            w[3] = nibbles(q.w, 0);
            w[4] = nibbles(q.x, 4);
            w[5] = nibbles(q.y, 4);
            w[6] = nibbles(q.z, 4);
            w[7] = nibbles(q.w, 4);
            return scaleOf(i >> 5);
        }
        default:
            for (uint j = 0; j < 8; j++) {
                w[j] = uintBitsToFloat(weightQuads[(i >> 2) + j]);
            }
            return 1.0;
    }
}
