package dev.matryoshka.engine.error;

import org.jspecify.annotations.Nullable;

/** Chats that can't be kept or read again: another version's, a full disk, a folder that may not be written. */
public final class HistoryException extends MatryoshkaException {
    public HistoryException(String problem, String remedy) {
        this(problem, remedy, null);
    }

    public HistoryException(String problem, String remedy, @Nullable Throwable cause) {
        super(problem, remedy, cause);
    }
}
