package dev.matryoshka.engine.cpu;

import dev.matryoshka.engine.backend.DeviceTensor;
import java.lang.foreign.MemorySegment;

/** Where the CPU keeps a tensor: activations on the heap, weights where their file is mapped. */
sealed interface CpuStorage extends DeviceTensor.Storage {
    /** Float32 values that programs write. */
    record Floats(float[] values) implements CpuStorage {}

    /** A weight in its stored type, never written. */
    record Mapped(MemorySegment bytes) implements CpuStorage {}

    /** The array behind an activation. */
    static float[] floats(DeviceTensor tensor) {
        if (tensor.storage() instanceof Floats f) {
            return f.values();
        }
        throw new IllegalArgumentException("a weight stands where an activation should");
    }
}
