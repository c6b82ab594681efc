package dev.matryoshka.gpu.vk;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;
import org.lwjgl.util.vma.Vma;

/** A piece of device memory. */
public final class DeviceBuffer implements AutoCloseable {
    private final VulkanDevice device;
    private final String purpose;
    private final long handle;
    private final long allocation;
    private final long bytes;
    private final @Nullable MemorySegment mapped;
    private boolean closed;

    DeviceBuffer(
            VulkanDevice device,
            String purpose,
            long handle,
            long allocation,
            long bytes,
            @Nullable MemorySegment mapped) {
        this.device = device;
        this.purpose = purpose;
        this.handle = handle;
        this.allocation = allocation;
        this.bytes = bytes;
        this.mapped = mapped;
    }

    long handle() {
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
            throw new IllegalStateException("Vulkan devices here are little endian");
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            Vma.vmaDestroyBuffer(device.allocator(), handle, allocation);
            device.ledger().add(purpose, -bytes);
        }
    }
}
