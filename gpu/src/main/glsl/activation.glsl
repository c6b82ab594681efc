// Element-wise functions see ShaderCodes.
const uint GELU_TANH = 1;
const uint SILU = 2;
const uint RELU = 3;
const uint TANH = 4;

// Exact to a few units in the last place of 1; infinities give +-1, NaN stays.
float tanhOf(float x) {
    return 1.0 - 2.0 / (exp(2.0 * x) + 1.0);
}

float activation(uint kind, float x) {
    switch (kind) {
        case GELU_TANH:
            return 0.5 * x * (1.0 + tanhOf(0.7978845608028654 * (x + 0.044715 * x * x * x)));
        case SILU:
            return x / (1.0 + exp(-x));
        case RELU:
            return isNumber(x) && x < 0.0 ? 0.0 : x;
        case TANH:
            return tanhOf(x);
        default:
            return x;
    }
}
