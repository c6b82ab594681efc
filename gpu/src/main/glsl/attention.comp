#version 450
// Some heads of one query that share keys and values, over the ring cache, a tile of keys at a time, with the running
// maximum and sum of an online softmax (Milakov and Gimelshein, 2018; FlashAttention). PARTS invocations score a key of a
// tile together; then each sums up four columns of the output over some of its keys. Where few queries would leave a device idle, a work
// group takes one tile alone, and attention_merge.comp puts them together (Flash-Decoding).
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#include "common.glsl"
#include "reduce.glsl"
shared vec4 partial[gl_WorkGroupSize.x];
REDUCTION(groupSum, vec4, partial, PLUS)
REDUCTION(groupMax, vec4, partial, max)
layout(constant_id = 1) const uint HEAD_DIM = 256;
layout(constant_id = 2) const uint QUERIES = 4; // heads at once, up to 4
layout(constant_id = 3) const bool ALIGNED = false; // keys and values in whole quads
layout(constant_id = 4) const bool SPLIT = false;
layout(std430, set = 0, binding = 1) buffer Out { float result[]; };
layout(std430, set = 0, binding = 2) readonly buffer Q { float q[]; };
layout(std430, set = 0, binding = 3) readonly buffer Keys { float keys[]; };
layout(std430, set = 0, binding = 3) readonly buffer Keys4 { vec4 keyQuads[]; };
layout(std430, set = 0, binding = 4) readonly buffer Values { float values[]; };
layout(std430, set = 0, binding = 4) readonly buffer Values4 { vec4 valueQuads[]; };
layout(std430, set = 0, binding = 5) buffer Stats { float stats[]; }; // of each tile: maximum and sum
layout(push_constant) uniform Args {
    uint outAt, outStride, qAt, qStride, keysAt, keysStride, valuesAt, valuesStride, statsAt, statsStride;
    uint rows, heads, queriesPerKv, capacity, window, tiles;
    float scale;
};
const uint QUADS = HEAD_DIM / 4;
const uint PARTS = 4;
const uint TILE = gl_WorkGroupSize.x / PARTS;
const uint SETS = gl_WorkGroupSize.x / QUADS; // of invocations, each with all columns
shared vec4 query[QUERIES][QUADS];
shared vec4 scoreParts[gl_WorkGroupSize.x];
shared float weights[QUERIES][TILE];
const float LEAST = -3.402823466e38;

vec4 keyQuad(uint at) {
    return ALIGNED ? keyQuads[at >> 2] : vec4(keys[at], keys[at + 1], keys[at + 2], keys[at + 3]);
}

vec4 valueQuad(uint at) {
    return ALIGNED ? valueQuads[at >> 2] : vec4(values[at], values[at + 1], values[at + 2], values[at + 3]);
}

void main() {
    uint groupsPerRow = heads / QUERIES;
    uint tile = group() % tiles;
    uint row = group() / tiles / groupsPerRow;
    uint head = group() / tiles % groupsPerRow * QUERIES;
    uint end = firstPosition(rows) + row + 1;
    uint first = end - min(end, window) + tile * TILE;
    if (row >= live(rows) || first >= end) {
        return;
    }
    uint last = SPLIT ? min(end, first + TILE) : end;
    uint lane = gl_LocalInvocationID.x;
    uint kv = head / queriesPerKv * HEAD_DIM;
    for (uint i = lane; i < QUERIES * HEAD_DIM; i += gl_WorkGroupSize.x) {
        query[i / HEAD_DIM][i % HEAD_DIM / 4][i % 4] = q[qAt + row * qStride + head * HEAD_DIM + i];
    }
    barrier();
    uint set = lane / QUADS;
    uint column = lane % QUADS * 4;
    vec4 sums[QUERIES];
    [[unroll]] for (uint h = 0; h < QUERIES; h++) {
        sums[h] = vec4(0);
    }
    vec4 largest = vec4(LEAST);
    vec4 total = vec4(0);
    for (uint from = first; from < last; from += TILE) {
        uint count = min(TILE, last - from);
        vec4 part = vec4(0);
        if (lane / PARTS < count) {
            uint at = keysAt + (from + lane / PARTS) % capacity * keysStride + kv;
            [[unroll]] for (uint i = lane % PARTS; i < QUADS; i += PARTS) {
                vec4 key = keyQuad(at + 4 * i);
                [[unroll]] for (uint h = 0; h < QUERIES; h++) {
                    part[h] += dot(query[h][i], key);
                }
            }
        }
        scoreParts[lane] = part;
        barrier();
        vec4 scores = vec4(LEAST);
        if (lane < count) {
            scores = scoreParts[lane * PARTS];
            [[unroll]] for (uint i = 1; i < PARTS; i++) {
                scores += scoreParts[lane * PARTS + i];
            }
            scores *= scale;
        }
        vec4 newLargest = max(largest, groupMax(scores));
        vec4 rescale = exp(largest - newLargest);
        vec4 weight = lane < count ? exp(scores - newLargest) : vec4(0);
        [[unroll]] for (uint h = 0; h < QUERIES; h++) {
            if (lane < TILE) {
                weights[h][lane] = weight[h];
            }
            sums[h] *= rescale[h];
        }
        total = total * rescale + groupSum(weight);
        largest = newLargest;
        if (set < SETS) {
            uint k = set;
            for (; k + 3 * SETS < count; k += 4 * SETS) { // four at a time, so that their loads overlap
                vec4 value[4];
                [[unroll]] for (uint i = 0; i < 4; i++) {
                    value[i] = valueQuad(valuesAt + (from + k + i * SETS) % capacity * valuesStride + kv + column);
                }
                [[unroll]] for (uint i = 0; i < 4; i++) {
                    [[unroll]] for (uint h = 0; h < QUERIES; h++) {
                        sums[h] += weights[h][k + i * SETS] * value[i];
                    }
                }
            }
            for (; k < count; k += SETS) {
                vec4 value = valueQuad(valuesAt + (from + k) % capacity * valuesStride + kv + column);
                [[unroll]] for (uint h = 0; h < QUERIES; h++) {
                    sums[h] += weights[h][k] * value;
                }
            }
        }
        barrier();
    }
    [[unroll]] for (uint h = 0; h < QUERIES; h++) {
        partial[lane] = sums[h];
        barrier();
        if (set == 0) {
            vec4 sum = sums[h];
            for (uint i = 1; i < SETS; i++) {
                sum += partial[i * QUADS + lane];
            }
            uint to = SPLIT
                    ? outAt + ((row * heads + head + h) * tiles + tile) * outStride + column
                    : outAt + row * outStride + (head + h) * HEAD_DIM + column;
            sum = SPLIT ? sum : sum / total[h];
            [[unroll]] for (uint i = 0; i < 4; i++) {
                result[to + i] = sum[i];
            }
        }
        barrier();
        if (SPLIT && lane == 0) {
            uint at = statsAt + ((row * heads + head + h) * tiles + tile) * statsStride;
            stats[at] = largest[h];
            stats[at + 1] = total[h];
        }
    }
}
