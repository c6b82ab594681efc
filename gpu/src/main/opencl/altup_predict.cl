// out[i] = x[i] + sum_j coefs[i * n + j] * x[j]; streams lie a stride of elements apart.
#include "common.cl"
#define STREAMS CONSTANT_1

typedef struct {
    uint outAt, outStride, xAt, xStride, coefsAt, coefsStride;
    uint rows, columns, outStreamStride, xStreamStride;
} Args;

kernel void altup_predict(STEP, global float *out, global const float *x, global const float *coefs, Args a) {
    uint row = item() / a.columns;
    uint column = item() % a.columns;
    if (row >= live(a.rows)) {
        return;
    }
    float values[STREAMS];
    for (uint j = 0; j < STREAMS; j++) {
        values[j] = x[a.xAt + j * a.xStreamStride + row * a.xStride + column];
    }
    for (uint i = 0; i < STREAMS; i++) {
        float sum = values[i];
        for (uint j = 0; j < STREAMS; j++) {
            sum += coefs[a.coefsAt + row * a.coefsStride + i * STREAMS + j] * values[j];
        }
        out[a.outAt + i * a.outStreamStride + row * a.outStride + column] = sum;
    }
}
