// x = relu(x - (mean + deviation * multiplier)) per row, in place.
#include "common.cl"
#include "reduce.cl"

typedef struct {
    uint xAt, xStride;
    uint rows, columns;
    float multiplier;
} Args;

kernel void gaussian_top_k(STEP, global float *all, Args a) {
    local float partial[LANES];
    if (group() >= live(a.rows)) {
        return;
    }
    global float *x = all + a.xAt + group() * a.xStride;
    float sum = 0.0f;
    for (uint i = lane(); i < a.columns; i += LANES) {
        sum += x[i];
    }
    float mean = groupSum(sum, partial) / a.columns;
    float squares = 0.0f;
    for (uint i = lane(); i < a.columns; i += LANES) {
        float d = x[i] - mean;
        squares += d * d;
    }
    float cutoff = mean + sqrt(groupSum(squares, partial) / a.columns) * a.multiplier;
    for (uint i = lane(); i < a.columns; i += LANES) {
        float value = x[i] - cutoff;
        x[i] = value < 0.0f ? 0.0f : value; // NaN stays
    }
}
