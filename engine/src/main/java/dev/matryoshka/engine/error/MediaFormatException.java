package dev.matryoshka.engine.error;

import org.jspecify.annotations.Nullable;

/** A picture or sound that cannot be read. */
public final class MediaFormatException extends MatryoshkaException {
    public MediaFormatException(String problem, String remedy) {
        this(problem, remedy, null);
    }

    public MediaFormatException(String problem, String remedy, @Nullable Throwable cause) {
        super(problem, remedy, cause);
    }
}
