#version 450
// out = after * activation(before * x), cut to [-limit, limit].
#extension GL_GOOGLE_include_directive : require
#include "common.glsl"
#include "activation.glsl"
layout(constant_id = 1) const uint ACTIVATION = 0;
layout(std430, set = 0, binding = 1) buffer Out { float result[]; };
layout(std430, set = 0, binding = 2) readonly buffer X { float x[]; };
layout(push_constant) uniform Args {
    uint outAt, outStride, xAt, xStride;
    uint rows, columns;
    float before, after, limit;
};

void main() {
    uint row = item() / columns;
    uint column = item() % columns;
    if (row < live(rows)) {
        float value = after * activation(ACTIVATION, before * x[xAt + row * xStride + column]);
        value = isNumber(value) ? clamp(value, -limit, limit) : value;
        result[outAt + row * outStride + column] = value;
    }
}
