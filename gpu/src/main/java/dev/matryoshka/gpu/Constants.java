package dev.matryoshka.gpu;

import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.MemoryLedger;
import dev.matryoshka.gpu.device.GpuDevice;
import java.util.HashMap;
import java.util.Map;

/** Tables that operations need and the model doesn't have: kept by the device, made when first recorded. */
final class Constants implements AutoCloseable {
    private final Floats floats;
    private final Allocations memory;
    private final Map<Rotary, DeviceTensor> rotary = new HashMap<>();

    private record Rotary(int headDim, float theta) {}

    Constants(GpuDevice device, Floats floats) {
        this.floats = floats;
        memory = new Allocations(device, MemoryLedger.ACTIVATIONS);
    }

    /** Inverse frequencies of a rotary embedding, one row of {@code headDim / 2}. */
    DeviceTensor inverseFrequencies(int headDim, float theta) {
        return rotary.computeIfAbsent(new Rotary(headDim, theta), r -> {
            float[] values = new float[headDim / 2];
            for (int i = 0; i < values.length; i++) {
                values[i] = 1 / (float) Math.pow(theta, 2f * i / headDim);
            }
            DeviceTensor row = memory.matrix(1, values.length);
            floats.write(row, values);
            return row;
        });
    }

    @Override
    public void close() {
        memory.close();
    }
}
