package dev.matryoshka.gpu;

import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.weights.DType;
import dev.matryoshka.gpu.vk.DeviceBuffer;
import dev.matryoshka.gpu.vk.VulkanDevice;
import java.util.ArrayList;
import java.util.List;

/** Memory that a program needs between its kernels; its owner closes it with the program. */
final class Scratch implements AutoCloseable {
    private final VulkanDevice device;
    private final List<DeviceBuffer> buffers = new ArrayList<>();

    Scratch(VulkanDevice device) {
        this.device = device;
    }

    /** A row of 32-bit words. */
    DeviceTensor words(int count) {
        DeviceBuffer buffer = device.allocate("activations", 4L * count, VulkanDevice.Place.DEVICE);
        buffers.add(buffer);
        return new DeviceTensor(new VulkanStorage(buffer, 0), DType.F32, 0, 1, count, count);
    }

    @Override
    public void close() {
        buffers.forEach(DeviceBuffer::close);
    }
}
