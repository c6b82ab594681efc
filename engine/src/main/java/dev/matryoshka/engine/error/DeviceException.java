package dev.matryoshka.engine.error;

import org.jspecify.annotations.Nullable;

/** A device can't be opened, was lost, or computes wrongly. The same model can go on with another device. */
public final class DeviceException extends MatryoshkaException {
    public DeviceException(String problem, String remedy) {
        this(problem, remedy, null);
    }

    public DeviceException(String problem, String remedy, @Nullable Throwable cause) {
        super(problem, remedy, cause);
    }
}
