// One work group computes one value of the output; neighbouring invocations read neighbouring weights. GROUP_SUM adds up.
#include "weights32.glsl"
layout(std430, set = 0, binding = 2) readonly buffer X { float x[]; };
layout(std430, set = 0, binding = 2) readonly buffer X4 { vec4 xQuads[]; };

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
            vec4 w[8];
            float s = weights32(from + i, w);
            float part = 0;
            for (uint j = 0; j < 8; j++) {
                part += dot(w[j], xQuads[((at + i) >> 2) + j]);
            }
            sum += s * part;
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
