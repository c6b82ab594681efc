package dev.matryoshka.engine.backend;

import dev.matryoshka.engine.weights.DType;
import dev.matryoshka.engine.weights.Tensor;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** A device that runs the model. The model is written once against {@link Ops}; a backend turns it into programs. */
public interface Backend extends AutoCloseable {
    /** What computes, for people: {@code CPU, 2 threads, 256-bit vectors}. */
    String device();

    /**
     * Makes a weight usable in programs, as a matrix [product of the outer dimensions, innermost]; a vector becomes one
     * row. The CPU wraps the mapping, a GPU uploads once. The tensor's memory must outlive the backend's use of it.
     */
    DeviceTensor load(Tensor weight);

    /** Loads a small weight that operations combine with others; a backend may keep it as float32. */
    default DeviceTensor loadSmall(Tensor weight) {
        return load(weight);
    }

    /** The same of a weight's first rows and columns; nothing else of it is copied. Columns are whole blocks of its type. */
    default DeviceTensor load(Tensor weight, int rows, int columns) {
        return load(weight).rows(0, rows).columns(0, columns);
    }

    /**
     * Gives back what {@link #load} or {@link #loadSmall} took. No program that was recorded over it may run again. What lies in a
     * file's mapping stays there.
     *
     * @param weight as it was returned, no view of it
     */
    default void free(DeviceTensor weight) {}

    /** Bytes that {@link #load} would take for a weight; what lies in a file's mapping counts as if it were copied. */
    default long bytesOf(DType type, long elements) {
        return type.bytes(elements);
    }

    /** The same of {@link #loadSmall}. */
    default long bytesOfSmall(DType type, long elements) {
        return bytesOf(type, elements);
    }

    /** A place for activations or a K/V cache, named by purpose. */
    Workspace workspace(String purpose);

    /**
     * Runs {@code body} once and keeps what it recorded.
     *
     * @param name for traces
     */
    Program record(String name, Consumer<Ops> body);

    /** Copies float32 values, row by row without gaps, into the first {@code values.length / columns} rows. */
    void write(DeviceTensor to, float[] values);

    /** Copies the first {@code into.length / columns} rows of a float32 matrix out, row by row without gaps. */
    void read(DeviceTensor from, float[] into);

    /**
     * Copies columns of a float32 matrix's first row out, {@code width} from each start on, one after the other.
     *
     * @param into [starts * width]
     */
    default void readColumns(DeviceTensor from, int[] starts, int width, float[] into) {
        float[] some = new float[width];
        for (int i = 0; i < starts.length; i++) {
            read(from.columns(starts[i], width), some);
            System.arraycopy(some, 0, into, i * width, width);
        }
    }

    /** Bytes held, by purpose: weights, kv, activations, staging. */
    Map<String, Long> memory();

    /** Bytes that this process may still take on the device, asked now; without bound where nobody says. */
    default long freeBytes() {
        return Long.MAX_VALUE;
    }

    /** Bytes a second that plain reading of the device's memory reaches, measured now; 0 where it can't be told. */
    default double readBytesPerSecond() {
        return 0;
    }

    /** Tokens of a prefill step: enough for matrix products to pay, few enough for a stop to be prompt. */
    default int chunk() {
        return 64;
    }

    /** Whether {@link Ops#gatedFfn} on one row reads only those rows of up whose gate survives the sparsity. */
    default boolean skipsSparseRows() {
        return false;
    }

    /** Nanoseconds that programs have taken since the backend was opened, waiting included; 0 where host and device are one. */
    default long programNanos() {
        return 0;
    }

    /** Time by kernel since the backend was opened, most first; empty where the device or the backend keeps none. */
    default List<KernelTime> trace() {
        return List.of();
    }

    @Override
    void close();
}
