// Rows of x into a ring cache, each at its position.
#include "common.cl"

typedef struct {
    uint cacheAt, cacheStride, xAt, xStride;
    uint rows, columns, capacity;
} Args;

kernel void store(STEP, global float *cache, global const float *x, Args a) {
    uint row = item() / a.columns;
    uint column = item() % a.columns;
    if (row < live(a.rows)) {
        uint slot = (firstPosition(a.rows) + row) % a.capacity;
        cache[a.cacheAt + slot * a.cacheStride + column] = x[a.xAt + row * a.xStride + column];
    }
}
