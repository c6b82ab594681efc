package dev.matryoshka.gpu.device;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** A piece of device memory. */
public final class DeviceBuffer implements AutoCloseable {
    private final long handle;
    private final long bytes;
    private final @Nullable MemorySegment mapped;
    private final Runnable release;
    private boolean closed;

    /**
     * Wraps what a device allocated.
     *
     * @param handle the API's own
     * @param mapped its memory as the host sees it; null where the host can't
     * @param release gives it back, called once
     */
    public DeviceBuffer(long handle, long bytes, @Nullable MemorySegment mapped, Runnable release) {
        this.handle = handle;
        this.bytes = bytes;
        this.mapped = mapped;
        this.release = release;
    }

    /** The API's own name for it. */
    public long handle() {
        return handle;
    }

    /** Size in bytes. */
    public long bytes() {
        return bytes;
    }

    /** Its memory as the host sees it; null where the host can't. Little endian, as every device is. */
    public @Nullable MemorySegment mapped() {
        return mapped;
    }

    static {
        if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
            throw new IllegalStateException("devices here are little endian");
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            release.run();
        }
    }
}
