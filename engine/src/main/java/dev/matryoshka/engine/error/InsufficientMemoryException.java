package dev.matryoshka.engine.error;

import org.jspecify.annotations.Nullable;

/** The model, or what was asked of it, does not fit the memory of this machine. */
public final class InsufficientMemoryException extends MatryoshkaException {
    public InsufficientMemoryException(String problem, String remedy) {
        this(problem, remedy, null);
    }

    public InsufficientMemoryException(String problem, String remedy, @Nullable Throwable cause) {
        super(problem, remedy, cause);
    }
}
