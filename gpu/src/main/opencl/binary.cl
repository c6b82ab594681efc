// out = x + w or x * w; w of one row serves every row, and may be a weight.
#include "common.cl"
#define TYPE CONSTANT_1
#define MULTIPLY CONSTANT_2
#include "weight.cl"

typedef struct {
    uint outAt, outStride, xAt, xStride, weightAt, weightStride;
    uint rows, columns, weightRows;
} Args;

kernel void binary(STEP, global float *out, global const float *x, WEIGHT, Args a) {
    uint row = item() / a.columns;
    uint column = item() % a.columns;
    if (row < live(a.rows)) {
        float left = x[a.xAt + row * a.xStride + column];
        float right = weight(a.weightAt + (a.weightRows == 1 ? 0 : row * a.weightStride) + column);
        out[a.outAt + row * a.outStride + column] = MULTIPLY ? left * right : left + right;
    }
}
