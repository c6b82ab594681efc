package dev.matryoshka.gpu;

import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.Workspace;
import dev.matryoshka.engine.weights.DType;
import dev.matryoshka.gpu.device.GpuDevice;

/** Device memory for activations or a K/V cache. */
final class GpuWorkspace implements Workspace {
    private final Object turn;
    private final GpuDevice device;
    private final Allocations memory;

    /** @param turn what who uses the device must hold */
    GpuWorkspace(Object turn, GpuDevice device, String purpose) {
        this.turn = turn;
        this.device = device;
        memory = new Allocations(device, purpose);
    }

    @Override
    public DeviceTensor allocate(DType type, int rows, int columns) {
        if (type != DType.F32) {
            throw new IllegalArgumentException("activations are float32, not " + type);
        }
        synchronized (turn) {
            DeviceTensor matrix = memory.matrix(rows, columns);
            device.transfers().clear(DeviceStorage.of(matrix).buffer());
            return matrix;
        }
    }

    @Override
    public void close() {
        synchronized (turn) {
            memory.close();
        }
    }
}
