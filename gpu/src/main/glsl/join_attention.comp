#version 450
// Attention and LAuReL into the hidden state and the norm after it (Ops.joinAttention), a row a work group.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#include "common.glsl"
layout(std430, set = 0, binding = 1) buffer Out { float result[]; };
layout(std430, set = 0, binding = 2) buffer Normed { float normed[]; };
layout(std430, set = 0, binding = 3) readonly buffer X { float x[]; };
layout(std430, set = 0, binding = 4) readonly buffer Attention { float attention[]; };
layout(std430, set = 0, binding = 5) readonly buffer Laurel { float laurel[]; };
layout(std430, set = 0, binding = 6) readonly buffer AttentionNorm { float attentionNorm[]; };
layout(std430, set = 0, binding = 7) readonly buffer LaurelNorm { float laurelNorm[]; };
layout(std430, set = 0, binding = 8) readonly buffer NextNorm { float nextNorm[]; };
layout(push_constant) uniform Args {
    uint resultAt, resultStride, normedAt, normedStride, xAt, xStride, attentionAt, attentionStride, laurelAt, laurelStride;
    uint attentionNormAt, attentionNormStride, laurelNormAt, laurelNormStride, nextNormAt, nextNormStride;
    uint rows, columns;
    float eps;
};
#include "rows.glsl"

void main() {
    uint row = group();
    if (row >= live(rows)) {
        return;
    }
    float fromAttention[PER_LANE];
    float fromLaurel[PER_LANE];
    float state[PER_LANE];
    float entered[PER_LANE];
    float attentionNorms[PER_LANE];
    float laurelNorms[PER_LANE];
    float nextNorms[PER_LANE];
    LOAD(fromAttention, attention[attentionAt + row * attentionStride + c])
    LOAD(fromLaurel, laurel[laurelAt + row * laurelStride + c])
    LOAD(state, x[xAt + row * xStride + c])
    LOAD(entered, normed[normedAt + row * normedStride + c])
    LOAD(attentionNorms, attentionNorm[attentionNormAt + c])
    LOAD(laurelNorms, laurelNorm[laurelNormAt + c])
    LOAD(nextNorms, nextNorm[nextNormAt + c])
    vec4 squares = groupSum(vec4(squaresOf(fromAttention), squaresOf(fromLaurel), 0, 0));
    float attentionFactor = rmsFactor(squares.x);
    float laurelFactor = rmsFactor(squares.y);
    [[unroll]] for (uint k = 0; k < PER_LANE; k++) {
        float a = fromAttention[k] * attentionFactor * attentionNorms[k];
        float b = fromLaurel[k] * laurelFactor * laurelNorms[k] + entered[k];
        state[k] = (state[k] + a + b) * 0.70710678118654752;
    }
    float factor = rmsFactor(groupSum(vec4(squaresOf(state))).x);
    EACH(k, c) {
        result[resultAt + row * resultStride + c] = state[k];
        normed[normedAt + row * normedStride + c] = state[k] * factor * nextNorms[k];
    }
}
