package dev.matryoshka.engine.error;

import org.jspecify.annotations.Nullable;

/** The model is sound but of an architecture, type or variant that this program does not run. */
public final class UnsupportedModelException extends MatryoshkaException {
    public UnsupportedModelException(String problem, String remedy) {
        this(problem, remedy, null);
    }

    public UnsupportedModelException(String problem, String remedy, @Nullable Throwable cause) {
        super(problem, remedy, cause);
    }
}
