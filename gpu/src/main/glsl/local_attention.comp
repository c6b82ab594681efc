#version 450
// One head of one frame of Conformer attention; a frame's context is short, so each invocation takes one place in it.
// Frames outside the sound or marked as padding count as the least logit.
#extension GL_GOOGLE_include_directive : require
#include "common.glsl"
#include "activation.glsl"
#include "reduce.glsl"
shared float partial[gl_WorkGroupSize.x];
REDUCTION(groupSum, float, partial, PLUS)
REDUCTION(groupMax, float, partial, max)
layout(constant_id = 1) const uint CONTEXT = 24; // chunk + past + future
layout(std430, set = 0, binding = 1) buffer Out { float result[]; };
layout(std430, set = 0, binding = 2) readonly buffer Q { float q[]; };
layout(std430, set = 0, binding = 3) readonly buffer K { float k[]; };
layout(std430, set = 0, binding = 4) readonly buffer V { float v[]; };
layout(std430, set = 0, binding = 5) readonly buffer Positions { float positions[]; };
layout(std430, set = 0, binding = 6) readonly buffer Valid { float valid[]; };
layout(push_constant) uniform Args {
    uint outAt, outStride, qAt, qStride, kAt, kStride, vAt, vStride, positionsAt, positionsStride, validAt, validStride;
    uint rows, heads, headDim, chunk, past, future;
    float cap;
};
shared float logits[CONTEXT];

void main() {
    uint frame = group() / heads;
    uint column = group() % heads * headDim;
    uint frames = live(rows);
    if (frame >= frames) {
        return;
    }
    int start = int(frame / chunk * chunk) - int(past); // of the chunk's context
    uint query = qAt + frame * qStride + column;
    float largest = -3.402823466e38;
    for (uint i = gl_LocalInvocationID.x; i < CONTEXT; i += gl_WorkGroupSize.x) {
        int j = start + int(i);
        bool near = j >= max(0, int(frame) - int(past)) && j <= min(int(frames) - 1, int(frame + future));
        float logit = -3.402823466e38;
        if (near && valid[validAt + uint(j)] != 0.0) {
            uint key = kAt + uint(j) * kStride + column;
            uint place = positionsAt + uint(j + int(past) - int(frame)) * positionsStride + column;
            float sum = 0;
            for (uint c = 0; c < headDim; c++) {
                sum += q[query + c] * (k[key + c] + positions[place + c]);
            }
            logit = cap * tanhOf(sum / cap);
        }
        logits[i] = logit;
        largest = max(largest, logit);
    }
    largest = groupMax(largest);
    float total = 0;
    for (uint i = gl_LocalInvocationID.x; i < CONTEXT; i += gl_WorkGroupSize.x) {
        logits[i] = exp(logits[i] - largest);
        total += logits[i];
    }
    total = groupSum(total);
    for (uint c = gl_LocalInvocationID.x; c < headDim; c += gl_WorkGroupSize.x) {
        float sum = 0;
        for (uint i = 0; i < CONTEXT; i++) {
            int j = start + int(i);
            if (j >= 0 && j < int(frames)) {
                sum += logits[i] * v[vAt + uint(j) * vStride + column + c];
            }
        }
        result[outAt + frame * outStride + column + c] = sum / total;
    }
}
