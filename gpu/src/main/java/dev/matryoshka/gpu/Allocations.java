package dev.matryoshka.gpu;

import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.weights.DType;
import dev.matryoshka.gpu.device.DeviceBuffer;
import dev.matryoshka.gpu.device.GpuDevice;
import java.util.ArrayList;
import java.util.List;

/** Device memory for one purpose that is given back together. */
final class Allocations implements AutoCloseable {
    private final GpuDevice device;
    private final String purpose;
    private final List<DeviceBuffer> buffers = new ArrayList<>();

    Allocations(GpuDevice device, String purpose) {
        this.device = device;
        this.purpose = purpose;
    }

    /** Memory with undefined contents. */
    DeviceBuffer bytes(long count) {
        DeviceBuffer buffer = device.allocate(purpose, count);
        buffers.add(buffer);
        return buffer;
    }

    /** A float32 matrix, or so many 32-bit words, with undefined contents. */
    DeviceTensor matrix(int rows, int columns) {
        DeviceStorage storage = new DeviceStorage(bytes(DType.F32.bytes((long) rows * columns)), 0);
        return new DeviceTensor(storage, DType.F32, 0, rows, columns, columns);
    }

    /** Gives one of them back. */
    void free(DeviceBuffer buffer) {
        if (buffers.remove(buffer)) {
            buffer.close();
        }
    }

    @Override
    public void close() {
        buffers.forEach(DeviceBuffer::close);
        buffers.clear();
    }
}
