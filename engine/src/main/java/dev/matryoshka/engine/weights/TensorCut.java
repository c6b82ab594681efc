package dev.matryoshka.engine.weights;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * Some rows and columns of a tensor whose elements stand alone, in its stored type.
 *
 * @param tensor where they are cut from
 * @param rows ranges of its rows, in order
 * @param columns ranges of its columns, in order
 */
public record TensorCut(Tensor tensor, List<Range> rows, List<Range> columns) {
    private static final int PIECE = 1 << 20;

    /** From one index up to, not including, another. */
    public record Range(long from, long to) {
        long size() {
            return to - from;
        }
    }

    public TensorCut {
        rows = List.copyOf(rows);
        columns = List.copyOf(columns);
        if (tensor.type().isQuantized()) {
            throw new IllegalArgumentException(tensor.name() + " is " + tensor.type());
        }
    }

    /** All of it. */
    public static TensorCut whole(Tensor tensor) {
        return new TensorCut(tensor, List.of(new Range(0, tensor.rows())), List.of(new Range(0, tensor.columns())));
    }

    /** Some rows, whole. */
    public static TensorCut rows(Tensor tensor, List<Range> rows) {
        return new TensorCut(tensor, rows, List.of(new Range(0, tensor.columns())));
    }

    /** Some columns of every row. */
    public static TensorCut columns(Tensor tensor, List<Range> columns) {
        return new TensorCut(tensor, List.of(new Range(0, tensor.rows())), columns);
    }

    /** [rows, columns] of a part, else the tensor's own. */
    List<Integer> shape() {
        boolean all = count(rows) == tensor.rows() && count(columns) == tensor.columns();
        return all ? tensor.shape() : List.of(Math.toIntExact(count(rows)), Math.toIntExact(count(columns)));
    }

    /** Size. */
    long bytes() {
        return tensor.type().bytes(count(rows) * count(columns));
    }

    private static long count(List<Range> ranges) {
        return ranges.stream().mapToLong(Range::size).sum();
    }

    /** Writes its rows one after the other. */
    void writeTo(OutputStream out) throws IOException {
        for (Range some : rows) {
            if (count(columns) == tensor.columns()) {
                copy(some.from() * tensor.columns(), some.size() * tensor.columns(), out);
                continue;
            }
            for (long row = some.from(); row < some.to(); row++) {
                for (Range range : columns) {
                    copy(row * tensor.columns() + range.from(), range.size(), out);
                }
            }
        }
    }

    private void copy(long first, long count, OutputStream out) throws IOException {
        MemorySegment bytes =
                tensor.data().asSlice(tensor.type().bytes(first), tensor.type().bytes(count));
        for (long at = 0; at < bytes.byteSize(); at += PIECE) {
            out.write(bytes.asSlice(at, Math.min(PIECE, bytes.byteSize() - at)).toArray(ValueLayout.JAVA_BYTE));
        }
    }
}
