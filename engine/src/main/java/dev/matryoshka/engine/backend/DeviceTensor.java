package dev.matryoshka.engine.backend;

import dev.matryoshka.engine.weights.DType;

/**
 * A matrix in a backend's memory, or a view of one. Everything the model touches is a matrix: weights [out, in],
 * activations [tokens, width], pictures [height * width, channels], a K/V cache [positions, heads * head_dim].
 *
 * @param storage where it lives; the backend's business
 * @param type element type
 * @param offset first element, counted in elements from the start of the storage
 * @param rows rows of the view
 * @param columns columns of the view
 * @param rowStride elements from one row to the next, at least {@code columns}
 */
public record DeviceTensor(Storage storage, DType type, long offset, int rows, int columns, long rowStride) {
    /** A backend's own handle of a piece of memory. */
    public interface Storage {}

    public DeviceTensor {
        if (rows < 0 || columns < 0 || rowStride < columns || offset < 0) {
            throw new IllegalArgumentException("not a matrix: " + rows + " x " + columns + ", stride " + rowStride);
        }
    }

    /** The rows [from, from + count). */
    public DeviceTensor rows(int from, int count) {
        check(from, count, rows, "rows");
        return new DeviceTensor(storage, type, offset + from * rowStride, count, columns, rowStride);
    }

    /** The columns [from, from + count); rows stay as far apart as they were. */
    public DeviceTensor columns(int from, int count) {
        check(from, count, columns, "columns");
        return new DeviceTensor(storage, type, offset + from, rows, count, rowStride);
    }

    /** The same elements in another shape; only where rows follow each other without a gap. */
    public DeviceTensor reshape(int newRows, int newColumns) {
        if (rowStride != columns || (long) rows * columns != (long) newRows * newColumns) {
            throw new IllegalArgumentException(
                    rows + " x " + columns + ", stride " + rowStride + ", is not " + newRows + " x " + newColumns);
        }
        return new DeviceTensor(storage, type, offset, newRows, newColumns, newColumns);
    }

    private static void check(int from, int count, int size, String what) {
        if (from < 0 || count < 0 || from > size - count) {
            throw new IllegalArgumentException(what + " [" + from + ", " + from + " + " + count + ") of " + size);
        }
    }
}
