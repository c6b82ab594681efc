// Element-wise functions, see ShaderCodes.
#define GELU_TANH 1
#define SILU 2
#define RELU 3
#define TANH 4

// Exact to a few units in the last place of 1; infinities give +-1, to the last bit, which gelu needs. NaN stays.
float tanhOf(float x) {
    return 1.0f - 2.0f / (exp(2.0f * x) + 1.0f);
}

float activation(uint kind, float x) {
    switch (kind) {
        case GELU_TANH:
            return 0.5f * x * (1.0f + tanhOf(0.7978845608028654f * (x + 0.044715f * x * x * x)));
        case SILU:
            return x / (1.0f + exp(-x));
        case RELU:
            return x < 0.0f ? 0.0f : x; // NaN stays
        case TANH:
            return tanhOf(x);
        default:
            return x;
    }
}
