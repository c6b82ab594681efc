#version 450
// Quantised weights times a quantised vector (quantize.comp) by integer dot products, one value of the output per
// invocation.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_integer_dot_product : require
#include "product.glsl"
layout(std430, set = 0, binding = 2) readonly buffer X { uvec4 blocks[]; };

int dot16(uvec4 a, uvec4 b, uvec4 high0, uvec4 high1, uvec4 low0, uvec4 low1) {
    ivec4 h = ivec4(0);
    ivec4 l = ivec4(0);
    for (uint i = 0; i < 4; i++) {
        h[i] = dotPacked4x8EXT(int(a[i]), int(high0[i])) + dotPacked4x8EXT(int(b[i]), int(high1[i]));
        l[i] = dotPacked4x8EXT(int(a[i]), int(low0[i])) + dotPacked4x8EXT(int(b[i]), int(low1[i]));
    }
    ivec4 both = h * 256 + l;
    return both.x + both.y + both.z + both.w;
}

void main() {
    uint tiles = (columns + gl_WorkGroupSize.x - 1) / gl_WorkGroupSize.x;
    uint column = group() % tiles * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
    uint row = group() / tiles;
    if (row >= live(rows) || column >= columns || (GATED && gateOf(row, column) == 0.0)) {
        return;
    }
    uint first = (weightAt + column * weightStride) >> 5;
    uint at = xAt + row * (depth >> 5) * 5;
    float sum = 0;
    for (uint block = 0; block < depth >> 5; block++, at += 5) {
        vec2 scale = uintBitsToFloat(blocks[at + 4].xy);
        float s = scaleOf(first + block);
        if (TYPE == Q4_0) {
            uvec4 q = weightQuads[first + block];
            int d = dot16(q & 0x0f0f0f0fu, (q >> 4) & 0x0f0f0f0fu, blocks[at], blocks[at + 1], blocks[at + 2], blocks[at + 3]);
            sum += s * (scale.x * float(d) - scale.y);
        } else {
            uint quad = 2 * (first + block);
            int d = dot16(weightQuads[quad], weightQuads[quad + 1], blocks[at], blocks[at + 1], blocks[at + 2], blocks[at + 3]);
            sum += s * scale.x * float(d);
        }
    }
    finish(row, column, sum);
}
