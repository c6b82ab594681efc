package dev.matryoshka.gpu;

import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.weights.DType;
import dev.matryoshka.gpu.device.DeviceBuffer;

/**
 * Where a tensor lives. Quantised types lie in two planes, the quants of all blocks and then their float16 scales, see
 * {@link BlockLayout}.
 *
 * @param buffer the memory
 * @param scalesAt first byte of the scales; 0 for types without
 */
record DeviceStorage(DeviceBuffer buffer, long scalesAt) implements DeviceTensor.Storage {
    private static final long ALIGNMENT = 256; // bytes, which every device can bind from

    static DeviceStorage of(DeviceTensor tensor) {
        if (tensor.storage() instanceof DeviceStorage storage) {
            return storage;
        }
        throw new IllegalArgumentException("a tensor of another backend");
    }

    /** Windows start at multiples of this many elements: both planes can be bound from there. */
    static long window(DType type) {
        int scaled = type.isQuantized() ? BlockLayout.of(type).scaled() : BlockLayout.BLOCK;
        return ALIGNMENT / Short.BYTES * scaled;
    }

    /** Bytes of some elements in the plane of values, whole records where there are such. */
    static long valueBytes(DType type, long elements) {
        return switch (type) {
            case F32, F16, BF16, I64, I32, U8 -> type.bytes(elements);
            case Q8_0 -> elements;
            case Q4_0 -> elements / 2;
            default ->
                (elements + BlockLayout.RECORD - 1)
                        / BlockLayout.RECORD
                        * BlockLayout.of(type).recordBytes();
        };
    }

    /** Bytes of their scales. */
    static long scaleBytes(DType type, long elements) {
        return type.isQuantized() ? BlockLayout.of(type).scaleBytes(elements) : 0;
    }
}
