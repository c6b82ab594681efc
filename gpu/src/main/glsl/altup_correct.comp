#version 450
// predictions[i] += (activated - predictions[active]) * (coefs[i] + 1); streams lie `streamStride` elements apart.
#extension GL_GOOGLE_include_directive : require
#include "common.glsl"
layout(constant_id = 1) const uint STREAMS = 4;
layout(std430, set = 0, binding = 1) buffer Predictions { float predictions[]; };
layout(std430, set = 0, binding = 2) readonly buffer Activated { float activated[]; };
layout(std430, set = 0, binding = 3) readonly buffer Coefs { float coefs[]; };
layout(push_constant) uniform Args {
    uint predictionsAt, predictionsStride, activatedAt, activatedStride, coefsAt, coefsStride;
    uint rows, columns, streamStride, activeStream;
};

void main() {
    uint row = item() / columns;
    uint column = item() % columns;
    if (row >= live(rows)) {
        return;
    }
    uint at = predictionsAt + row * predictionsStride + column;
    float innovation =
            activated[activatedAt + row * activatedStride + column] - predictions[at + activeStream * streamStride];
    for (uint i = 0; i < STREAMS; i++) {
        predictions[at + i * streamStride] += innovation * (coefs[coefsAt + row * coefsStride + i] + 1.0);
    }
}
