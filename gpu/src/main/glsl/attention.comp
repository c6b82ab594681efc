#version 450
// One head of one query over the ring cache, a tile of keys at a time, with the running maximum and sum of an online
// softmax (Milakov and Gimelshein, 2018; FlashAttention).
#extension GL_GOOGLE_include_directive : require
#include "common.glsl"
#include "reduce.glsl"
shared float partial[gl_WorkGroupSize.x];
REDUCTION(groupSum, float, partial, PLUS)
REDUCTION(groupMax, float, partial, max)
layout(constant_id = 1) const uint HEAD_DIM = 256;
layout(constant_id = 2) const uint PER_LANE = 4; // columns of the output that one invocation sums up
layout(std430, set = 0, binding = 1) buffer Out { float result[]; };
layout(std430, set = 0, binding = 2) readonly buffer Q { float q[]; };
layout(std430, set = 0, binding = 3) readonly buffer Keys { float keys[]; };
layout(std430, set = 0, binding = 4) readonly buffer Values { float values[]; };
layout(push_constant) uniform Args {
    uint outAt, outStride, qAt, qStride, keysAt, keysStride, valuesAt, valuesStride;
    uint rows, heads, queriesPerKv, capacity, window;
    float scale;
};
shared float query[HEAD_DIM];
shared float weights[gl_WorkGroupSize.x];

void main() {
    uint row = group() / heads;
    uint head = group() % heads;
    if (row >= live(rows)) {
        return;
    }
    uint lane = gl_LocalInvocationID.x;
    uint lanes = gl_WorkGroupSize.x;
    for (uint i = lane; i < HEAD_DIM; i += lanes) {
        query[i] = q[qAt + row * qStride + head * HEAD_DIM + i];
    }
    barrier();
    uint end = firstPosition(rows) + row + 1;
    uint seen = min(end, window);
    uint kv = head / queriesPerKv * HEAD_DIM;
    float sums[PER_LANE];
    for (uint c = 0; c < PER_LANE; c++) {
        sums[c] = 0;
    }
    float largest = -3.402823466e38;
    float total = 0;
    for (uint first = end - seen; first < end; first += lanes) {
        uint count = min(lanes, end - first);
        float score = -3.402823466e38;
        if (lane < count) {
            uint at = keysAt + (first + lane) % capacity * keysStride + kv;
            float dotProduct = 0;
            for (uint i = 0; i < HEAD_DIM; i++) {
                dotProduct += query[i] * keys[at + i];
            }
            score = dotProduct * scale;
        }
        float newLargest = max(largest, groupMax(score));
        float rescale = exp(largest - newLargest);
        float weight = lane < count ? exp(score - newLargest) : 0.0;
        weights[lane] = weight;
        total = total * rescale + groupSum(weight);
        largest = newLargest;
        for (uint c = 0; c < PER_LANE; c++) {
            sums[c] *= rescale;
        }
        for (uint k = 0; k < count; k++) {
            uint at = valuesAt + (first + k) % capacity * valuesStride + kv;
            float w = weights[k];
            for (uint c = 0; c < PER_LANE; c++) {
                uint column = c * lanes + lane;
                if (column < HEAD_DIM) {
                    sums[c] += w * values[at + column];
                }
            }
        }
        barrier();
    }
    for (uint c = 0; c < PER_LANE; c++) {
        uint column = c * lanes + lane;
        if (column < HEAD_DIM) {
            result[outAt + row * outStride + head * HEAD_DIM + column] = sums[c] / total;
        }
    }
}
