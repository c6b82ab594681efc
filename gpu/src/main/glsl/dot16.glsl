// Products of a block of weights with a block of x (quantize.comp) by integer dot products.
int dot16(uvec4 w, uvec4 x) {
    return dotPacked4x8EXT(int(w.x), int(x.x)) + dotPacked4x8EXT(int(w.y), int(x.y))
            + dotPacked4x8EXT(int(w.z), int(x.z)) + dotPacked4x8EXT(int(w.w), int(x.w));
}

// high and low: bytes of x, of both halves; x: their scale, then the sum of each half.
float blockProduct(uint block, uvec4 high0, uvec4 high1, uvec4 low0, uvec4 low1, vec3 x) {
    Quants q;
    if (BLOCKS) {
        q = quantsOf(block);
    } else {
        q.first = WEIGHT_QUAD(2 * block);
        q.second = WEIGHT_QUAD(2 * block + 1);
    }
    int first = dot16(q.first, high0) * 256 + dot16(q.first, low0);
    int second = dot16(q.second, high1) * 256 + dot16(q.second, low1);
    if (!BLOCKS || ONE_SCALE) {
        return scaleOf(block) * (x.x * float(first + second) - float(ZERO) * (x.y + x.z));
    }
    Scales s = scalesOf(block);
    vec2 products = x.x * vec2(first, second) - float(ZERO) * x.yz;
    return dot(s.scale, products) - dot(s.minimum, x.yz);
}
