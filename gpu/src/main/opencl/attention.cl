// One head of one query over the ring cache, a tile of keys at a time, with the running maximum and sum of an online
// softmax (Milakov and Gimelshein, 2018; FlashAttention).
#include "common.cl"
#define HEAD_DIM CONSTANT_1
#define PER_LANE CONSTANT_2 // columns of the output that one invocation sums up
#include "reduce.cl"

typedef struct {
    uint outAt, outStride, qAt, qStride, keysAt, keysStride, valuesAt, valuesStride;
    uint rows, heads, queriesPerKv, capacity, window;
    float scale;
} Args;

kernel void attention(
        STEP,
        global float *out,
        global const float *q,
        global const float *keys,
        global const float *values,
        Args a) {
    local float partial[LANES];
    local float weights[LANES];
    local float query[HEAD_DIM];
    uint row = group() / a.heads;
    uint head = group() % a.heads;
    if (row >= live(a.rows)) {
        return;
    }
    for (uint i = lane(); i < HEAD_DIM; i += LANES) {
        query[i] = q[a.qAt + row * a.qStride + head * HEAD_DIM + i];
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    uint end = firstPosition(a.rows) + row + 1;
    uint kv = head / a.queriesPerKv * HEAD_DIM;
    float sums[PER_LANE];
    for (uint c = 0; c < PER_LANE; c++) {
        sums[c] = 0.0f;
    }
    float largest = -FLT_MAX;
    float total = 0.0f;
    for (uint first = end - min(end, a.window); first < end; first += LANES) {
        uint count = min((uint)LANES, end - first);
        float score = -FLT_MAX;
        if (lane() < count) {
            global const float *key = keys + a.keysAt + (first + lane()) % a.capacity * a.keysStride + kv;
            float16 products = 0.0f;
            for (uint i = 0; i + 16 <= HEAD_DIM; i += 16) {
                products += vload16(0, query + i) * vload16(0, key + i);
            }
            float dotProduct = sum16(products);
            for (uint i = HEAD_DIM / 16 * 16; i < HEAD_DIM; i++) {
                dotProduct += query[i] * key[i];
            }
            score = dotProduct * a.scale;
        }
        float newLargest = fmax(largest, groupMax(score, partial));
        float rescale = exp(largest - newLargest);
        float weight = lane() < count ? exp(score - newLargest) : 0.0f;
        weights[lane()] = weight;
        total = total * rescale + groupSum(weight, partial); // its barriers let all see the weights
        largest = newLargest;
        for (uint c = 0; c < PER_LANE; c++) {
            sums[c] *= rescale;
        }
        for (uint k = 0; k < count; k++) {
            uint at = a.valuesAt + (first + k) % a.capacity * a.valuesStride + kv;
            for (uint c = 0; c < PER_LANE; c++) {
                uint column = c * LANES + lane();
                sums[c] += column < HEAD_DIM ? weights[k] * values[at + column] : 0.0f;
            }
        }
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    for (uint c = 0; c < PER_LANE; c++) {
        uint column = c * LANES + lane();
        if (column < HEAD_DIM) {
            out[a.outAt + row * a.outStride + head * HEAD_DIM + column] = sums[c] / total;
        }
    }
}
