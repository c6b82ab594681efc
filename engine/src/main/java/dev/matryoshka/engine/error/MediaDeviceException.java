package dev.matryoshka.engine.error;

import org.jspecify.annotations.Nullable;

/** A microphone, camera or loudspeaker is missing, may not be used or was lost. */
public final class MediaDeviceException extends MatryoshkaException {
    public MediaDeviceException(String problem, String remedy) {
        this(problem, remedy, null);
    }

    public MediaDeviceException(String problem, String remedy, @Nullable Throwable cause) {
        super(problem, remedy, cause);
    }
}
