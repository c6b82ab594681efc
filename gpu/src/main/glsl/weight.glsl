// A weight matrix in its stored type, read as float32 from 32-bit words, so that no device needs 8- or 16-bit storage.
// Quantised types lie in two planes, quants and float16 scales, see BlockLayout.
// Before including: WEIGHT, SCALES (bindings).
#include "types.glsl"

layout(std430, set = 0, binding = WEIGHT) readonly buffer Weight { uint weightWords[]; };
layout(std430, set = 0, binding = WEIGHT) readonly buffer Weight2 { uvec2 weightPairs[]; };
layout(std430, set = 0, binding = WEIGHT) readonly buffer Weight4 { uvec4 weightQuads[]; };
layout(std430, set = 0, binding = SCALES) readonly buffer Scales16 { uint scaleWords[]; };
#define WEIGHT_WORD(i) weightWords[i]
#define WEIGHT_QUAD(i) weightQuads[i]

float half16(uint word, uint upper) {
    vec2 pair = unpackHalf2x16(word);
    return upper == 0 ? pair.x : pair.y;
}

float scaleOf(uint block) {
    return half16(scaleWords[block >> 1], block & 1);
}
#include "weights8.glsl"

// Element number i, counted from the start of the binding.
float weight(uint i) {
    if (BLOCKS) {
        Weights8 w = weights8((i >> 5) * 4 + ((i & 15) >> 2));
        return w.scale * ((i & 16) == 0 ? w.a : w.b)[i & 3];
    }
    switch (TYPE) {
        case F16:
            return half16(weightWords[i >> 1], i & 1);
        case BF16:
            return uintBitsToFloat((i & 1) == 0 ? weightWords[i >> 1] << 16 : weightWords[i >> 1] & 0xffff0000u);
        case Q8_0:
            return scaleOf(i >> 5) * float(bitfieldExtract(int(weightWords[i >> 2]), int(i & 3) * 8, 8));
        default:
            return uintBitsToFloat(weightWords[i]);
    }
}
