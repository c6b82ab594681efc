package dev.matryoshka.engine.backend;

/**
 * What happens to each value of a matrix product before it is stored: {@code activation(scale * value)}.
 *
 * @param scale factor
 * @param activation element-wise function
 */
public record Epilogue(float scale, Activation activation) {
    public static final Epilogue NONE = new Epilogue(1, Activation.NONE);
    public static final Epilogue GELU_TANH = new Epilogue(1, Activation.GELU_TANH);
    public static final Epilogue SILU = new Epilogue(1, Activation.SILU);

    /** Scale alone. */
    public static Epilogue scale(float scale) {
        return new Epilogue(scale, Activation.NONE);
    }
}
