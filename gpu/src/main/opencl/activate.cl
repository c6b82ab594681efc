// out = after * activation(before * x), cut to [-limit, limit].
#include "common.cl"
#define ACTIVATION CONSTANT_1
#include "activation.cl"

typedef struct {
    uint outAt, outStride, xAt, xStride;
    uint rows, columns;
    float before, after, limit;
} Args;

kernel void activate(STEP, global float *out, global const float *x, Args a) {
    uint row = item() / a.columns;
    uint column = item() % a.columns;
    if (row < live(a.rows)) {
        float value = a.after * activation(ACTIVATION, a.before * x[a.xAt + row * a.xStride + column]);
        value = value > a.limit ? a.limit : value < -a.limit ? -a.limit : value; // NaN stays
        out[a.outAt + row * a.outStride + column] = value;
    }
}
