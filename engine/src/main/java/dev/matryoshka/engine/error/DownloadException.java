package dev.matryoshka.engine.error;

import org.jspecify.annotations.Nullable;

/** Something that can't be fetched: no network, no permission, a full disk, bytes that are not those that were promised. */
public final class DownloadException extends MatryoshkaException {
    public DownloadException(String problem, String remedy) {
        this(problem, remedy, null);
    }

    public DownloadException(String problem, String remedy, @Nullable Throwable cause) {
        super(problem, remedy, cause);
    }
}
