package dev.matryoshka.gpu;

import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.weights.DType;
import dev.matryoshka.gpu.device.DeviceBuffer;

/**
 * Where a tensor lives. Quantised types lie in two planes, the quants of all blocks and then their float16 scales, so that
 * kernels read both in whole words.
 *
 * @param buffer the memory
 * @param scalesAt first byte of the scales; 0 for types without
 */
record DeviceStorage(DeviceBuffer buffer, long scalesAt) implements DeviceTensor.Storage {
    /** Windows start at multiples of this many elements, which every type and device can bind. */
    static final long WINDOW = 4096;

    static DeviceStorage of(DeviceTensor tensor) {
        if (tensor.storage() instanceof DeviceStorage storage) {
            return storage;
        }
        throw new IllegalArgumentException("a tensor of another backend");
    }

    /** Bytes of some elements in the plane of values. */
    static long valueBytes(DType type, long elements) {
        return switch (type) {
            case Q8_0 -> elements;
            case Q4_0 -> elements / 2;
            default -> type.bytes(elements);
        };
    }

    /** Bytes of their scales. */
    static long scaleBytes(DType type, long elements) {
        return type.isQuantized() ? elements / type.blockElements() * 2 : 0;
    }
}
