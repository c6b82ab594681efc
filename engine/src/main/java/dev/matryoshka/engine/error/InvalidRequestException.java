package dev.matryoshka.engine.error;

import org.jspecify.annotations.Nullable;

/** A setting or argument out of its range, or a prompt that the model cannot take. */
public final class InvalidRequestException extends MatryoshkaException {
    public InvalidRequestException(String problem, String remedy) {
        this(problem, remedy, null);
    }

    public InvalidRequestException(String problem, String remedy, @Nullable Throwable cause) {
        super(problem, remedy, cause);
    }
}
