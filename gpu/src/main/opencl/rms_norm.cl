// RMS norm of each group of `width` columns; one work group each.
#include "common.cl"
#define TYPE CONSTANT_1
#define WEIGHTED CONSTANT_2
#include "weight.cl"
#include "reduce.cl"

typedef struct {
    uint outAt, outStride, xAt, xStride, weightAt, weightStride;
    uint rows, groupsPerRow, width;
    float eps;
} Args;

kernel void rms_norm(STEP, global float *out, global const float *x, WEIGHT, Args a) {
    local float partial[LANES];
    uint row = group() / a.groupsPerRow;
    uint column = group() % a.groupsPerRow * a.width;
    if (row >= live(a.rows)) {
        return;
    }
    global const float *from = x + a.xAt + row * a.xStride + column;
    global float *to = out + a.outAt + row * a.outStride + column;
    float squares = 0.0f;
    for (uint i = lane(); i < a.width; i += LANES) {
        squares += from[i] * from[i];
    }
    float factor = 1.0f / sqrt(groupSum(squares, partial) / a.width + a.eps);
    for (uint i = lane(); i < a.width; i += LANES) {
        to[i] = from[i] * factor * (WEIGHTED ? weight(a.weightAt + i) : 1.0f);
    }
}
