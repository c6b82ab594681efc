#version 450
// The feed-forward block into the hidden state and AltUp's correction of every stream (Ops.leaveLayer), a row a work group.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#include "common.glsl"
#include "activation.glsl"
layout(constant_id = 2) const uint STREAMS = 4;
layout(constant_id = 3) const uint ACTIVE = 0;
layout(constant_id = 4) const bool SCALED = true;
layout(std430, set = 0, binding = 1) buffer Predictions { float predictions[]; };
layout(std430, set = 0, binding = 2) buffer Scaled { float scaled[]; };
layout(std430, set = 0, binding = 3) readonly buffer X { float x[]; };
layout(std430, set = 0, binding = 4) readonly buffer FeedForward { float feedForward[]; };
layout(std430, set = 0, binding = 5) readonly buffer Norm { float norm[]; };
layout(std430, set = 0, binding = 6) readonly buffer RouterNorm { float routerNorm[]; };
layout(std430, set = 0, binding = 7) readonly buffer Router { float router[]; };
layout(std430, set = 0, binding = 8) readonly buffer Coefs { float coefs[]; };
layout(std430, set = 0, binding = 9) readonly buffer Scale { float outputScale[]; };
layout(push_constant) uniform Args {
    uint predictionsAt, predictionsStride, scaledAt, scaledStride, xAt, xStride, feedForwardAt, feedForwardStride;
    uint normAt, normStride, routerNormAt, routerNormStride, routerAt, routerStride, coefsAt, coefsStride;
    uint outputScaleAt, outputScaleStride;
    uint rows, columns, predictionsApart;
    float eps;
};
#include "rows.glsl"
#include "router.glsl"

void main() {
    uint row = group();
    if (row >= live(rows)) {
        return;
    }
    uint at = predictionsAt + row * predictionsStride;
    float activated[PER_LANE];
    float update[PER_LANE];
    float norms[PER_LANE];
    float scales[PER_LANE];
    LOAD(activated, x[xAt + row * xStride + c])
    LOAD(update, feedForward[feedForwardAt + row * feedForwardStride + c])
    LOAD(norms, norm[normAt + c])
    LOAD(scales, SCALED ? outputScale[outputScaleAt + c] : 1.0)
    float predicted[STREAMS][PER_LANE];
    [[unroll]] for (uint i = 0; i < STREAMS; i++) {
        LOAD(predicted[i], predictions[at + i * predictionsApart + c])
    }
    loadRouter();
    float factor = rmsFactor(groupSum(vec4(squaresOf(update))).x);
    [[unroll]] for (uint k = 0; k < PER_LANE; k++) {
        activated[k] += update[k] * factor * norms[k];
    }
    vec4 modalities = route(activated);
    float correction[STREAMS];
    [[unroll]] for (uint i = 0; i < STREAMS; i++) {
        correction[i] = 0;
        [[unroll]] for (uint j = 0; j < STREAMS; j++) {
            correction[i] += coefs[coefsAt + i * coefsStride + j] * modalities[j];
        }
    }
    EACH(k, c) {
        float innovation = activated[k] - predicted[ACTIVE][k];
        [[unroll]] for (uint i = 0; i < STREAMS; i++) {
            float corrected = predicted[i][k] + innovation * (correction[i] + 1.0);
            predictions[at + i * predictionsApart + c] = corrected;
            if (i == ACTIVE) {
                scaled[scaledAt + row * scaledStride + c] = corrected * scales[k];
            }
        }
    }
}
