// x = x * rms(like) / sqrt(max(mean(x^2), floor)) per row, in place.
#include "common.cl"
#include "reduce.cl"

typedef struct {
    uint xAt, xStride, likeAt, likeStride;
    uint rows, columns;
    float floorOfMean;
} Args;

kernel void match_magnitude(STEP, global float *all, global const float *allLike, Args a) {
    local float partial[LANES];
    if (group() >= live(a.rows)) {
        return;
    }
    global float *x = all + a.xAt + group() * a.xStride;
    global const float *like = allLike + a.likeAt + group() * a.likeStride;
    float own = 0.0f;
    float wanted = 0.0f;
    for (uint i = lane(); i < a.columns; i += LANES) {
        own += x[i] * x[i];
        wanted += like[i] * like[i];
    }
    own = groupSum(own, partial) / a.columns;
    wanted = groupSum(wanted, partial) / a.columns;
    float factor = sqrt(wanted) / sqrt(own < a.floorOfMean ? a.floorOfMean : own);
    for (uint i = lane(); i < a.columns; i += LANES) {
        x[i] *= factor;
    }
}
