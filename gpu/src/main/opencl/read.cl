// Reads memory and does next to nothing with it: how fast can that be? CONSTANT_1 is the quads of an invocation.
#include "common.cl"

typedef struct {
    uint outAt, outStride, memoryAt, memoryStride;
    uint items;
} Args;

kernel void read(STEP, global uint *out, global const uint4 *quads, Args a) {
    uint4 all = (uint4)(0);
    for (uint i = 0; i < CONSTANT_1; i++) {
        all |= quads[i * a.items + item()];
    }
    if (all.x == 1 && all.y == 1 && all.z == 1 && all.w == 1) {
        out[0] = 1; // never, but the compiler can't know
    }
}
