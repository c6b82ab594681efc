// 8 values of a row as float32 without their scale, and where their two quads of x lie: neighbouring invocations read
// neighbouring words. Of Q4_0 a word holds two quads that are 16 apart (the low nibbles and the high ones), else they are
// neighbours.
#include "weights32.glsl"
layout(std430, set = 0, binding = WEIGHT) readonly buffer Weight2 { uvec2 weightPairs[]; };

struct Weights8 {
    vec4 a, b;
    float scale;
};

// Number of the first quad of x for eight number i of the row; the other one comes QUADS_APART later.
uint firstQuad(uint i) {
    return TYPE == Q4_0 ? (i & ~3u) * 2 + (i & 3u) : i * 2;
}
const uint QUADS_APART = TYPE == Q4_0 ? 4 : 1;

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
    } else if (TYPE == Q4_0) {
        uint p = weightWords[i];
        w.a = nibbles(p);
        w.b = nibbles(p >> 4);
        w.scale = scaleOf(i >> 2);
    } else {
        w.a = uintBitsToFloat(WEIGHT_QUAD(2 * i));
        w.b = uintBitsToFloat(WEIGHT_QUAD(2 * i + 1));
    }
    return w;
}
