// A weight matrix in its stored type, read as float32 from 32-bit words, so that no device needs 8- or 16-bit storage.
// Quantised types lie in two planes: the quants, and the float16 scales of their blocks of 32.
// Before including: WEIGHT, SCALES (bindings).
#include "types.glsl"

layout(std430, set = 0, binding = WEIGHT) readonly buffer Weight { uint weightWords[]; };
layout(std430, set = 0, binding = WEIGHT) readonly buffer Weight4 { uvec4 weightQuads[]; };
layout(std430, set = 0, binding = SCALES) readonly buffer Scales { uint scaleWords[]; };
#define WEIGHT_QUAD(i) weightQuads[i]

float half16(uint word, uint upper) {
    vec2 pair = unpackHalf2x16(word);
    return upper == 0 ? pair.x : pair.y;
}

float scaleOf(uint block) {
    return half16(scaleWords[block >> 1], block & 1);
}

// Element number i, counted from the start of the binding.
float weight(uint i) {
    switch (TYPE) {
        case F16:
            return half16(weightWords[i >> 1], i & 1);
        case BF16:
            return uintBitsToFloat((i & 1) == 0 ? weightWords[i >> 1] << 16 : weightWords[i >> 1] & 0xffff0000u);
        case Q8_0:
            return scaleOf(i >> 5) * float(bitfieldExtract(int(weightWords[i >> 2]), int(i & 3) * 8, 8));
        case Q4_0: {
            // a block's 16 bytes hold elements 0..15 in their low nibbles and 16..31 in the high ones
            uint word = weightWords[(i >> 5) * 4 + ((i & 15) >> 2)];
            uint nibble = bitfieldExtract(word, int((i & 3) * 8 + ((i & 16) >> 2)), 4);
            return scaleOf(i >> 5) * float(int(nibble) - 8);
        }
        default:
            return uintBitsToFloat(weightWords[i]);
    }
}
