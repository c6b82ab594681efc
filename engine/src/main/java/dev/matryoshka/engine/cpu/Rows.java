package dev.matryoshka.engine.cpu;

import dev.matryoshka.engine.backend.DeviceTensor;

/**
 * An activation as kernels see it.
 *
 * @param values the array
 * @param offset first element
 * @param count rows at most
 * @param columns columns
 * @param stride elements from row to row
 */
record Rows(float[] values, int offset, int count, int columns, int stride) {
    static Rows of(DeviceTensor tensor) {
        return new Rows(
                CpuStorage.floats(tensor),
                Math.toIntExact(tensor.offset()),
                tensor.rows(),
                tensor.columns(),
                Math.toIntExact(tensor.rowStride()));
    }

    /** Where a row starts. */
    int at(int row) {
        return offset + row * stride;
    }

    /** Where a row of an operand starts that is either as tall as the output or a single row for all. */
    int broadcastAt(int row) {
        return count == 1 ? offset : at(row);
    }
}
