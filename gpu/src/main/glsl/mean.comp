#version 450
// Mean of several matrices that lie `streamStride` elements apart.
#extension GL_GOOGLE_include_directive : require
#include "common.glsl"
layout(std430, set = 0, binding = 1) buffer Out { float result[]; };
layout(std430, set = 0, binding = 2) readonly buffer X { float x[]; };
layout(push_constant) uniform Args {
    uint outAt, outStride, xAt, xStride;
    uint rows, columns, streamStride, streams;
};

void main() {
    uint row = item() / columns;
    uint column = item() % columns;
    if (row < live(rows)) {
        float sum = 0;
        for (uint i = 0; i < streams; i++) {
            sum += x[xAt + i * streamStride + row * xStride + column];
        }
        result[outAt + row * outStride + column] = sum / float(streams);
    }
}
