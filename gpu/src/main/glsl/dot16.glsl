// Integer dot products of a block of weights with a block of x (quantize.comp).
int dot16(uvec4 w, uvec4 x) {
    return dotPacked4x8EXT(int(w.x), int(x.x)) + dotPacked4x8EXT(int(w.y), int(x.y))
            + dotPacked4x8EXT(int(w.z), int(x.z)) + dotPacked4x8EXT(int(w.w), int(x.w));
}

int blockDot(uint block, uvec4 high0, uvec4 high1, uvec4 low0, uvec4 low1) {
    uvec4 a;
    uvec4 b;
    if (TYPE == Q4_0) {
        uvec4 q = WEIGHT_QUAD(block);
        a = q & 0x0f0f0f0fu;
        b = (q >> 4) & 0x0f0f0f0fu;
    } else {
        a = WEIGHT_QUAD(2 * block);
        b = WEIGHT_QUAD(2 * block + 1);
    }
    return (dot16(a, high0) + dot16(b, high1)) * 256 + dot16(a, low0) + dot16(b, low1);
}
