package dev.matryoshka.gpu;

import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.MemoryLedger;
import dev.matryoshka.engine.weights.DType;
import dev.matryoshka.engine.weights.Tensor;
import dev.matryoshka.gpu.device.DeviceBuffer;
import dev.matryoshka.gpu.device.GpuDevice;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Weights to the device in their stored type, blocks split into their two planes on the way, see {@link BlockLayout}. */
final class WeightUploader implements AutoCloseable {
    private static final long PLANE = 512; // every device can bind memory from a multiple of this on

    private final GpuDevice device;
    private final Allocations memory;

    WeightUploader(GpuDevice device) {
        this.device = device;
        memory = new Allocations(device, MemoryLedger.WEIGHTS);
    }

    /** The first rows and columns of a weight; columns are gathered on the way. */
    DeviceTensor load(Tensor weight, int rows, int columns) {
        try (Arena arena = Arena.ofConfined()) {
            return load(weight.prefix(rows, columns, arena));
        }
    }

    /** Gives back what a weight took. */
    void free(DeviceTensor weight) {
        memory.free(DeviceStorage.of(weight).buffer());
    }

    DeviceTensor load(Tensor weight) {
        DType type = weight.type();
        if (!type.isFloat()) {
            throw new IllegalArgumentException(weight.name() + " is " + type + ", not a weight");
        }
        long elements = weight.elements();
        long scalesAt = scalesAt(type, elements);
        DeviceBuffer buffer = memory.bytes(bytes(type, elements));
        if (type.isQuantized()) {
            blocks(buffer, weight, scalesAt);
        } else {
            device.transfers()
                    .upload(
                            buffer,
                            0,
                            weight.data().byteSize(),
                            16,
                            (into, at, count) -> MemorySegment.copy(weight.data(), at, into, 0, count));
        }
        int rows = Math.toIntExact(weight.rows());
        return new DeviceTensor(
                new DeviceStorage(buffer, type.isQuantized() ? scalesAt : 0),
                type,
                0,
                rows,
                weight.columns(),
                weight.columns());
    }

    private static long scalesAt(DType type, long elements) {
        return (DeviceStorage.valueBytes(type, elements) + PLANE - 1) / PLANE * PLANE;
    }

    /** Bytes that a weight takes. */
    static long bytes(DType type, long elements) {
        return scalesAt(type, elements) + DeviceStorage.scaleBytes(type, elements);
    }

    private void blocks(DeviceBuffer buffer, Tensor weight, long scalesAt) {
        DType type = weight.type();
        BlockPacker packer = new BlockPacker(type, weight.data());
        if (type == DType.Q8_0 || type == DType.Q4_0) {
            quantsAlone(buffer, weight);
        } else {
            int record = BlockLayout.of(type).recordBytes();
            device.transfers()
                    .upload(
                            buffer,
                            0,
                            DeviceStorage.valueBytes(type, weight.elements()),
                            record,
                            (into, at, bytes) -> packer.records(into, at / record, bytes / record));
        }
        device.transfers()
                .upload(
                        buffer,
                        scalesAt,
                        DeviceStorage.scaleBytes(type, weight.elements()),
                        2,
                        (into, at, bytes) -> packer.halves(into, at / 2, bytes / 2));
    }

    /** Blocks of a scale and quants that stay in their order. */
    private void quantsAlone(DeviceBuffer buffer, Tensor weight) {
        int stored = weight.type().blockBytes();
        int quants = stored - 2;
        long count = weight.elements() / weight.type().blockElements();
        device.transfers().upload(buffer, 0, count * quants, quants, (into, at, bytes) -> {
            long first = at / quants;
            for (long block = 0; block < bytes / quants; block++) {
                MemorySegment.copy(weight.data(), (first + block) * stored + 2, into, block * quants, quants);
            }
        });
    }

    @Override
    public void close() {
        memory.close();
    }
}
