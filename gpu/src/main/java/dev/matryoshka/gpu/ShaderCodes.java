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
            case Q4_1 -> 5;
            case Q5_0 -> 6;
            case Q5_1 -> 7;
            case IQ4_NL -> 8;
            case Q2_K -> 9;
            case Q3_K -> 10;
            case Q4_K -> 11;
            case Q5_K -> 12;
            case Q6_K -> 13;
            case IQ4_XS -> 14;
            case I64, I32, U8 -> throw new IllegalArgumentException("no weight is " + type);
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
