package dev.matryoshka.gpu;

import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.weights.DType;
import dev.matryoshka.gpu.vk.DeviceBuffer;
import dev.matryoshka.gpu.vk.VulkanDevice;
import java.util.ArrayList;
import java.util.List;

/** Device memory for one purpose that is given back together. */
final class Allocations implements AutoCloseable {
    private final VulkanDevice device;
    private final String purpose;
    private final List<DeviceBuffer> buffers = new ArrayList<>();

    Allocations(VulkanDevice device, String purpose) {
        this.device = device;
        this.purpose = purpose;
    }

    /** Memory with undefined contents. */
    DeviceBuffer bytes(long count) {
        DeviceBuffer buffer = device.allocate(purpose, count, VulkanDevice.Place.DEVICE);
        buffers.add(buffer);
        return buffer;
    }

    /** A float32 matrix, or so many 32-bit words, with undefined contents. */
    DeviceTensor matrix(int rows, int columns) {
        VulkanStorage storage = new VulkanStorage(bytes(DType.F32.bytes((long) rows * columns)), 0);
        return new DeviceTensor(storage, DType.F32, 0, rows, columns, columns);
    }

    @Override
    public void close() {
        buffers.forEach(DeviceBuffer::close);
        buffers.clear();
    }
}
