// The largest value of each block of columns; what is no number where there is one. An invocation a block.
#include "common.cl"

typedef struct {
    uint outAt, outStride, xAt, xStride;
    uint rows, columns, blocks, block;
} Args;

kernel void block_maxima(STEP, global float *out, global const float *x, Args a) {
    uint row = item() / a.blocks;
    uint from = item() % a.blocks * a.block;
    if (row >= live(a.rows)) {
        return;
    }
    float largest = x[a.xAt + row * a.xStride + from];
    for (uint c = from + 1; c < min(from + a.block, a.columns); c++) {
        float value = x[a.xAt + row * a.xStride + c];
        largest = value > largest || isnan(value) ? value : largest; // NaN stays, as nothing is larger
    }
    out[a.outAt + row * a.outStride + item() % a.blocks] = largest;
}
