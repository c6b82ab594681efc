#version 450
// AltUp's prediction of every stream and the norm of the active one (Ops.enterLayer), a row a work group.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#include "common.glsl"
#include "activation.glsl"
layout(constant_id = 2) const uint STREAMS = 4;
layout(constant_id = 3) const uint ACTIVE = 0;
layout(std430, set = 0, binding = 1) buffer Predictions { float predictions[]; };
layout(std430, set = 0, binding = 2) buffer Normed { float normed[]; };
layout(std430, set = 0, binding = 3) readonly buffer Streams { float streams[]; };
layout(std430, set = 0, binding = 4) readonly buffer RouterNorm { float routerNorm[]; };
layout(std430, set = 0, binding = 5) readonly buffer Router { float router[]; };
layout(std430, set = 0, binding = 6) readonly buffer Coefs { float coefs[]; };
layout(std430, set = 0, binding = 7) readonly buffer InputNorm { float inputNorm[]; };
layout(push_constant) uniform Args {
    uint predictionsAt, predictionsStride, normedAt, normedStride, streamsAt, streamsStride;
    uint routerNormAt, routerNormStride, routerAt, routerStride, coefsAt, coefsStride, inputNormAt, inputNormStride;
    uint rows, columns, predictionsApart, streamsApart;
    float eps;
};
#include "rows.glsl"
#include "router.glsl"

void main() {
    uint row = group();
    if (row >= live(rows)) {
        return;
    }
    float x[STREAMS][PER_LANE];
    [[unroll]] for (uint j = 0; j < STREAMS; j++) {
        LOAD(x[j], streams[streamsAt + j * streamsApart + row * streamsStride + c])
    }
    float norms[PER_LANE];
    LOAD(norms, inputNorm[inputNormAt + c])
    loadRouter();
    vec4 modalities = route(x[ACTIVE]);
    float mix[STREAMS * STREAMS];
    [[unroll]] for (uint i = 0; i < STREAMS * STREAMS; i++) {
        mix[i] = 0;
        [[unroll]] for (uint j = 0; j < STREAMS; j++) {
            mix[i] += coefs[coefsAt + i * coefsStride + j] * modalities[j];
        }
    }
    float activeStream[PER_LANE];
    [[unroll]] for (uint k = 0; k < PER_LANE; k++) {
        activeStream[k] = 0;
    }
    [[unroll]] for (uint i = 0; i < STREAMS; i++) {
        EACH(k, c) {
            float sum = x[i][k];
            [[unroll]] for (uint j = 0; j < STREAMS; j++) {
                sum += mix[i * STREAMS + j] * x[j][k];
            }
            predictions[predictionsAt + i * predictionsApart + row * predictionsStride + c] = sum;
            if (i == ACTIVE) {
                activeStream[k] = sum;
            }
        }
    }
    float factor = rmsFactor(groupSum(vec4(squaresOf(activeStream))).x);
    EACH(k, c) {
        normed[normedAt + row * normedStride + c] = activeStream[k] * factor * norms[k];
    }
}
