package dev.matryoshka.engine.error;

import org.jspecify.annotations.Nullable;

/** A file of the model (weights, config, tokenizer, slice) is damaged or breaks its format. */
public final class ModelFormatException extends MatryoshkaException {
    public ModelFormatException(String problem, String remedy) {
        this(problem, remedy, null);
    }

    public ModelFormatException(String problem, String remedy, @Nullable Throwable cause) {
        super(problem, remedy, cause);
    }
}
