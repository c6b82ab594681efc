#version 450
// out[i] = x[i] + sum_j coefs[i * n + j] * x[j]; streams lie `streamStride` elements apart.
#extension GL_GOOGLE_include_directive : require
#include "common.glsl"
layout(constant_id = 1) const uint STREAMS = 4;
layout(std430, set = 0, binding = 1) buffer Out { float result[]; };
layout(std430, set = 0, binding = 2) readonly buffer X { float x[]; };
layout(std430, set = 0, binding = 3) readonly buffer Coefs { float coefs[]; };
layout(push_constant) uniform Args {
    uint outAt, outStride, xAt, xStride, coefsAt, coefsStride;
    uint rows, columns, outStreamStride, xStreamStride;
};

void main() {
    uint row = item() / columns;
    uint column = item() % columns;
    if (row >= live(rows)) {
        return;
    }
    float values[STREAMS];
    for (uint j = 0; j < STREAMS; j++) {
        values[j] = x[xAt + j * xStreamStride + row * xStride + column];
    }
    for (uint i = 0; i < STREAMS; i++) {
        float sum = values[i];
        for (uint j = 0; j < STREAMS; j++) {
            sum += coefs[coefsAt + row * coefsStride + i * STREAMS + j] * values[j];
        }
        result[outAt + i * outStreamStride + row * outStride + column] = sum;
    }
}
