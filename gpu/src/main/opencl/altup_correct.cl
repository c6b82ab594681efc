// predictions[i] += (activated - predictions[active]) * (coefs[i] + 1); streams lie `streamStride` elements apart.
#include "common.cl"
#define STREAMS CONSTANT_1

typedef struct {
    uint predictionsAt, predictionsStride, activatedAt, activatedStride, coefsAt, coefsStride;
    uint rows, columns, streamStride, activeStream;
} Args;

kernel void altup_correct(
        STEP, global float *predictions, global const float *activated, global const float *coefs, Args a) {
    uint row = item() / a.columns;
    uint column = item() % a.columns;
    if (row >= live(a.rows)) {
        return;
    }
    uint at = a.predictionsAt + row * a.predictionsStride + column;
    float innovation = activated[a.activatedAt + row * a.activatedStride + column]
            - predictions[at + a.activeStream * a.streamStride];
    for (uint i = 0; i < STREAMS; i++) {
        predictions[at + i * a.streamStride] += innovation * (coefs[a.coefsAt + row * a.coefsStride + i] + 1.0f);
    }
}
