#version 450
// Reads memory and does next to nothing with it: how fast can that be?
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#include "common.glsl"
layout(constant_id = 1) const uint PER_ITEM = 16;
layout(std430, set = 0, binding = 1) buffer Out { uint result[]; };
layout(std430, set = 0, binding = 2) readonly buffer Memory { uvec4 quads[]; };
layout(push_constant) uniform Args {
    uint outAt, outStride, memoryAt, memoryStride;
    uint items;
};

void main() {
    uvec4 all = uvec4(0);
    [[unroll]] for (uint i = 0; i < PER_ITEM; i++) {
        all |= quads[i * items + item()];
    }
    if (all == uvec4(1)) {
        result[0] = 1; // never, but the compiler can't know
    }
}
