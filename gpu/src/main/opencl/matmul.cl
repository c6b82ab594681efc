// out[r, c] = epilogue(dot(x[r], w[c])), with w in its stored type: a work group computes ROWS values of one column, neighbouring
// invocations read neighbouring blocks, and a weight is unpacked once for all rows.
// GATED: out[r, c] = gelu(out[r, c]) * dot(x[r], w[c]), where a gate of zero needs no product.
#include "common.cl"
#define TYPE CONSTANT_1
#define ROWS CONSTANT_2
#define ACTIVATION CONSTANT_3
#define GATED CONSTANT_4
#include "activation.cl"
#include "weight.cl"
#include "reduce.cl"

typedef struct {
    uint outAt, outStride, xAt, xStride, weightAt, weightStride;
    uint rows, columns, depth;
    float scale;
} Args;

kernel void matmul(STEP, global float *out, global const float *x, WEIGHT, Args a) {
    local float partial[LANES];
    uint count = live(a.rows);
    uint tiles = (a.rows + ROWS - 1) / ROWS;
    uint column = group() / tiles;
    uint row = group() % tiles * ROWS;
    if (row >= count) {
        return;
    }
    uint to[ROWS];
    uint from[ROWS];
    bool needed = !GATED;
    for (uint r = 0; r < ROWS; r++) {
        uint own = min(row + r, count - 1);
        to[r] = a.outAt + own * a.outStride + column;
        from[r] = a.xAt + own * a.xStride;
        needed = needed || out[to[r]] != 0.0f;
    }
    if (!needed) {
        return;
    }
    uint weightFrom = a.weightAt + column * a.weightStride;
    uint whole = a.depth / 32 * 32;
    float16 sums[ROWS];
    for (uint r = 0; r < ROWS; r++) {
        sums[r] = 0.0f;
    }
    for (uint i = lane() * 32; i < whole; i += LANES * 32) {
        Block b = block(weights, scales, weightFrom + i);
        for (uint r = 0; r < ROWS; r++) {
            global const float *values = x + from[r] + i;
            sums[r] += b.scale * (b.first * vload16(0, values) + b.second * vload16(0, values + 16));
        }
    }
    for (uint r = 0; r < ROWS; r++) {
        float sum = sum16(sums[r]);
        for (uint i = whole + lane(); i < a.depth; i += LANES) {
            sum += weight(weightFrom + i) * x[from[r] + i];
        }
        sum = groupSum(sum, partial);
        if (lane() == 0 && row + r < count) {
            out[to[r]] = GATED ? activation(GELU_TANH, out[to[r]]) * sum : activation(ACTIVATION, a.scale * sum);
        }
    }
}
