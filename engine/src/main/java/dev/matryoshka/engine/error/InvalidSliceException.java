package dev.matryoshka.engine.error;

import org.jspecify.annotations.Nullable;

/** A Mix-n-Match slice that the model cannot run. */
public final class InvalidSliceException extends MatryoshkaException {
    public InvalidSliceException(String problem, String remedy) {
        this(problem, remedy, null);
    }

    public InvalidSliceException(String problem, String remedy, @Nullable Throwable cause) {
        super(problem, remedy, cause);
    }
}
