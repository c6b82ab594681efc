// What the matrix products share: out[r, c] = epilogue(dot(x[r], w[c])), with w in its stored type.
// GATED: out[r, c] = gelu(out[r, c]) * dot(x[r], w[c]), where a gate of zero needs no product.
#define WEIGHT 3
#define SCALES 4
#include "common.glsl"
#include "activation.glsl"
#ifdef TEXELS
#include "weight_texels.glsl"
#else
#include "weight.glsl"
#endif
layout(constant_id = 2) const bool ALIGNED = false; // rows of x and w in whole vectors and blocks of 32
layout(constant_id = 3) const uint ACTIVATION = 0;
layout(constant_id = 4) const bool GATED = false;
layout(std430, set = 0, binding = 1) buffer Out { float result[]; };
layout(push_constant) uniform Args {
    uint outAt, outStride, xAt, xStride, weightAt, weightStride;
    uint rows, columns, depth;
    float scale;
};

float gateOf(uint row, uint column) {
    return result[outAt + row * outStride + column];
}

void finish(uint row, uint column, float value) {
    uint at = outAt + row * outStride + column;
    result[at] = GATED ? activation(GELU_TANH, result[at]) * value : activation(ACTIVATION, scale * value);
}
