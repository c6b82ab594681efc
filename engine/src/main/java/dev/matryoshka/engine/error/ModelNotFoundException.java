package dev.matryoshka.engine.error;

import org.jspecify.annotations.Nullable;

/** There is no model, or no file of it, at the place that was named. */
public final class ModelNotFoundException extends MatryoshkaException {
    public ModelNotFoundException(String problem, String remedy) {
        this(problem, remedy, null);
    }

    public ModelNotFoundException(String problem, String remedy, @Nullable Throwable cause) {
        super(problem, remedy, cause);
    }
}
