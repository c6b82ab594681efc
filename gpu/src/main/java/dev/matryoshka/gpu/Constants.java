package dev.matryoshka.gpu;

import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.weights.DType;
import dev.matryoshka.gpu.vk.DeviceBuffer;
import dev.matryoshka.gpu.vk.VulkanDevice;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Tables that operations need and the model doesn't have: kept by the device, made when first recorded. */
final class Constants implements AutoCloseable {
    private final VulkanDevice device;
    private final Map<Rotary, DeviceTensor> rotary = new HashMap<>();
    private final List<DeviceBuffer> buffers = new ArrayList<>();

    private record Rotary(int headDim, float theta) {}

    Constants(VulkanDevice device) {
        this.device = device;
    }

    /** Inverse frequencies of a rotary embedding, one row of {@code headDim / 2}. */
    synchronized DeviceTensor inverseFrequencies(int headDim, float theta) {
        return rotary.computeIfAbsent(new Rotary(headDim, theta), r -> {
            float[] values = new float[headDim / 2];
            for (int i = 0; i < values.length; i++) {
                values[i] = 1 / (float) Math.pow(theta, 2f * i / headDim);
            }
            return upload(values);
        });
    }

    private DeviceTensor upload(float[] values) {
        long bytes = 4L * values.length;
        DeviceBuffer buffer = device.allocate("activations", bytes, VulkanDevice.Place.DEVICE);
        buffers.add(buffer);
        device.transfers().upload(buffer, 0, bytes, 4, (into, at, count) -> {
            for (int i = 0; i < count / 4; i++) {
                into.setAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i, values[(int) (at / 4) + i]);
            }
        });
        return new DeviceTensor(new VulkanStorage(buffer, 0), DType.F32, 0, 1, values.length, values.length);
    }

    @Override
    public void close() {
        buffers.forEach(DeviceBuffer::close);
    }
}
