// One work group computes one value of the output; neighbouring invocations read neighbouring weights. GROUP_SUM adds up.
layout(std430, set = 0, binding = 2) readonly buffer X { float x[]; };
layout(std430, set = 0, binding = 2) readonly buffer X4 { vec4 xQuads[]; };
#define X_QUAD(i) xQuads[i]

#include "weights32.glsl"

void main() {
    uint row = group() / columns;
    uint column = group() % columns;
    if (row >= live(rows) || (GATED && gateOf(row, column) == 0.0)) {
        return;
    }
    uint from = weightAt + column * weightStride;
    uint at = xAt + row * xStride;
    float sum = 0;
    if (ALIGNED) {
        for (uint i = gl_LocalInvocationID.x * 32; i < depth; i += gl_WorkGroupSize.x * 32) {
            Weights32 w = weights32(from + i);
            uint quad = (at + i) >> 2;
            sum += DOT32(w, quad);
        }
    } else {
        for (uint i = gl_LocalInvocationID.x; i < depth; i += gl_WorkGroupSize.x) {
            sum += weight(from + i) * x[at + i];
        }
    }
    sum = GROUP_SUM(sum);
    if (gl_LocalInvocationID.x == 0) {
        finish(row, column, sum);
    }
}
