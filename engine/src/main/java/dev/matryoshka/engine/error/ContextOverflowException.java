package dev.matryoshka.engine.error;

import org.jspecify.annotations.Nullable;

/** The conversation is longer than the model's context. */
public final class ContextOverflowException extends MatryoshkaException {
    public ContextOverflowException(String problem, String remedy) {
        this(problem, remedy, null);
    }

    public ContextOverflowException(String problem, String remedy, @Nullable Throwable cause) {
        super(problem, remedy, cause);
    }
}
