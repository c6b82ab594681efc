package dev.matryoshka.engine.backend;

import dev.matryoshka.engine.weights.DType;

/** Device memory that is given back together. Closing it makes its tensors invalid. */
public interface Workspace extends AutoCloseable {
    /** A zeroed matrix. */
    DeviceTensor allocate(DType type, int rows, int columns);

    /** A zeroed float32 matrix, the type of every activation. */
    default DeviceTensor allocate(int rows, int columns) {
        return allocate(DType.F32, rows, columns);
    }

    @Override
    void close();
}
