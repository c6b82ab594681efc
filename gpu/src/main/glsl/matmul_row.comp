#version 450
// Each invocation computes one column of the output for TOKENS rows of x: for devices that run invocations as lanes of a
// CPU's vectors and gain nothing from sharing.
#extension GL_GOOGLE_include_directive : require
#include "product.glsl"
#include "weights32.glsl"
layout(constant_id = 5) const uint TOKENS = 1;
layout(std430, set = 0, binding = 2) readonly buffer X { float x[]; };
layout(std430, set = 0, binding = 2) readonly buffer X4 { vec4 xQuads[]; };

void main() {
    uint tiles = (columns + gl_WorkGroupSize.x - 1) / gl_WorkGroupSize.x;
    uint column = group() % tiles * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
    uint row = group() / tiles * TOKENS;
    uint count = min(TOKENS, live(rows) - min(row, live(rows)));
    if (count == 0 || column >= columns || (GATED && TOKENS == 1 && gateOf(row, column) == 0.0)) {
        return;
    }
    uint from = weightAt + column * weightStride;
    float sums[TOKENS];
    for (uint t = 0; t < TOKENS; t++) {
        sums[t] = 0;
    }
    if (ALIGNED) {
        for (uint i = 0; i < depth; i += 32) {
            vec4 w[8];
            float s = weights32(from + i, w);
            for (uint t = 0; t < TOKENS; t++) {
                if (t < count) {
                    uint at = (xAt + (row + t) * xStride + i) >> 2;
                    float part = 0;
                    for (uint j = 0; j < 8; j++) {
                        part += dot(w[j], xQuads[at + j]);
                    }
                    sums[t] += s * part;
                }
            }
        }
    } else {
        for (uint i = 0; i < depth; i++) {
            float w = weight(from + i);
            for (uint t = 0; t < TOKENS; t++) {
                if (t < count) {
                    sums[t] += w * x[xAt + (row + t) * xStride + i];
                }
            }
        }
    }
    for (uint t = 0; t < TOKENS; t++) {
        if (t < count) {
            finish(row + t, column, sums[t]);
        }
    }
}
