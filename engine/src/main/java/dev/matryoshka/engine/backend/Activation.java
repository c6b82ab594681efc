package dev.matryoshka.engine.backend;

/** Element-wise functions, named as in PyTorch. */
public enum Activation {
    NONE,
    /** {@code gelu_pytorch_tanh}: 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))). */
    GELU_TANH,
    /** x * sigmoid(x). */
    SILU,
    RELU,
    TANH
}
