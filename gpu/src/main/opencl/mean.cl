// Mean of several matrices that lie `streamStride` elements apart.
#include "common.cl"

typedef struct {
    uint outAt, outStride, xAt, xStride;
    uint rows, columns, streamStride, streams;
} Args;

kernel void mean(STEP, global float *out, global const float *x, Args a) {
    uint row = item() / a.columns;
    uint column = item() % a.columns;
    if (row < live(a.rows)) {
        float sum = 0.0f;
        for (uint i = 0; i < a.streams; i++) {
            sum += x[a.xAt + i * a.streamStride + row * a.xStride + column];
        }
        out[a.outAt + row * a.outStride + column] = sum / a.streams;
    }
}
