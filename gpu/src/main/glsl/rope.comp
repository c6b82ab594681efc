#version 450
// Rotary embedding in place.
#extension GL_GOOGLE_include_directive : require
#include "common.glsl"
#include "sin_cos.glsl"
layout(std430, set = 0, binding = 1) buffer X { float x[]; };
layout(std430, set = 0, binding = 2) readonly buffer Frequencies { float inverseFrequencies[]; };
layout(push_constant) uniform Args {
    uint xAt, xStride, frequenciesAt, frequenciesStride;
    uint rows, heads, headDim;
};

void main() {
    uint pairs = headDim / 2;
    uint row = item() / (heads * pairs);
    uint rest = item() % (heads * pairs);
    if (row >= live(rows)) {
        return;
    }
    uint pair = rest % pairs;
    uint at = xAt + row * xStride + rest / pairs * headDim + pair;
    float s;
    float c;
    sinCos(inverseFrequencies[frequenciesAt + pair] * float(firstPosition(rows) + row), s, c);
    float first = x[at];
    float second = x[at + pairs];
    x[at] = first * c - second * s;
    x[at + pairs] = second * c + first * s;
}
