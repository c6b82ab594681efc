// Rows of x: the last live one, or every n-th.
#include "common.cl"
#define LAST CONSTANT_1

typedef struct {
    uint outAt, outStride, xAt, xStride;
    uint rows, columns, xRows, every;
} Args;

kernel void gather(STEP, global float *out, global const float *x, Args a) {
    uint row = item() / a.columns;
    uint column = item() % a.columns;
    if (row < live(a.rows)) {
        uint source = LAST ? live(a.xRows) - 1 : row * a.every;
        out[a.outAt + row * a.outStride + column] = x[a.xAt + source * a.xStride + column];
    }
}
