package dev.matryoshka.gpu;

import dev.matryoshka.engine.backend.Activation;
import dev.matryoshka.engine.weights.DType;

/** What enums are called in the kernels. */
final class ShaderCodes {
    private ShaderCodes() {}

    /** As in types.glsl and weight.cl. */
    static int of(DType type) {
        return switch (type) {
            case F32 -> 0;
            case F16 -> 1;
            case BF16 -> 2;
            case Q8_0 -> 3;
            case Q4_0 -> 4;
            default -> throw new IllegalArgumentException("no weight is " + type);
        };
    }

    /** As in activation.glsl and activation.cl. */
    static int of(Activation activation) {
        return switch (activation) {
            case NONE -> 0;
            case GELU_TANH -> 1;
            case SILU -> 2;
            case RELU -> 3;
            case TANH -> 4;
        };
    }
}
