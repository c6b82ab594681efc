// 8 values of a row as float32 without their scale, and where their two quads of x lie: neighbouring invocations read
// neighbouring words. A word of nibbles holds two quads that are 16 apart (the low ones and the high ones), else they are
// neighbours. Blocks that have more than a scale come finished, with a scale of 1.
#include "weights32.glsl"

struct Weights8 {
    vec4 a, b;
    float scale;
};

// Number of the first quad of x for eight number i of the row; the other one comes QUADS_APART later.
uint firstQuad(uint i) {
    return BLOCKS ? (i & ~3u) * 2 + (i & 3u) : i * 2;
}
const uint QUADS_APART = BLOCKS ? 4 : 1;

// Eight number i, counted from the start of the binding.
Weights8 weights8(uint i) {
    Weights8 w;
    w.scale = 1.0;
    if (TYPE == F16 || TYPE == BF16) {
        uvec4 p = WEIGHT_QUAD(i);
        w.a = pairs(p.x, p.y);
        w.b = pairs(p.z, p.w);
    } else if (TYPE == Q8_0) {
        uvec2 p = weightPairs[i];
        w.a = bytes(p.x);
        w.b = bytes(p.y);
        w.scale = scaleOf(i >> 2);
    } else if (BLOCKS) {
        uint block = i >> 2;
        uint word = WEIGHT_WORD(recordOf(block) + (i & 31));
        uvec2 quants = uvec2(word, word >> 4) & 0x0f0f0f0fu;
        if (HIGH_BITS > 0) {
            quants |= above(highBits(block), i & 3);
        }
        w.a = numbers(quants.x);
        w.b = numbers(quants.y);
        if (ONE_SCALE) {
            w.scale = scaleOf(block);
        } else {
            Scales s = scalesOf(block);
            w.a = s.scale.x * w.a - s.minimum.x;
            w.b = s.scale.y * w.b - s.minimum.y;
        }
    } else {
        w.a = uintBitsToFloat(WEIGHT_QUAD(2 * i));
        w.b = uintBitsToFloat(WEIGHT_QUAD(2 * i + 1));
    }
    return w;
}
