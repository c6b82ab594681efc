// Rotary embedding in place.
#include "common.cl"

typedef struct {
    uint xAt, xStride, frequenciesAt, frequenciesStride;
    uint rows, heads, headDim;
} Args;

kernel void rope(STEP, global float *x, global const float *inverseFrequencies, Args a) {
    uint pairs = a.headDim / 2;
    uint row = item() / (a.heads * pairs);
    uint rest = item() % (a.heads * pairs);
    if (row >= live(a.rows)) {
        return;
    }
    uint pair = rest % pairs;
    uint at = a.xAt + row * a.xStride + rest / pairs * a.headDim + pair;
    float angle = inverseFrequencies[a.frequenciesAt + pair] * (float)(firstPosition(a.rows) + row);
    float c;
    float s = sincos(angle, &c); // within 4 units in the last place for every angle, says the standard
    float first = x[at];
    float second = x[at + pairs];
    x[at] = first * c - second * s;
    x[at + pairs] = second * c + first * s;
}
