package dev.matryoshka.engine.cpu;

import dev.matryoshka.engine.weights.DType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Activations times rows of a weight of one type through {@code src/main/c/rows.c}: by integer dot products, which the Vector API
 * lacks. Where there are none, {@link WeightRows#dot} does the same.
 */
final class NativeRows {
    private static final int MAX_COLUMNS = 16384; // of rows.c
    private static final @Nullable NativeLibrary LIBRARY = NativeLibrary.load(NativeLibrary.NEWEST);

    /** Where a thread that starts a product has its activations, {@link Matmul#FEW_ROWS} at most. */
    private static final ThreadLocal<MemorySegment> ACTIVATIONS = ThreadLocal.withInitial(
            () -> Arena.ofAuto().allocate(Matmul.FEW_ROWS * (LIBRARY == null ? 0 : LIBRARY.activationBytes()), 64));

    private final NativeLibrary library;
    private final NativeLibrary.Kernel kernel;

    private NativeRows(NativeLibrary library, NativeLibrary.Kernel kernel) {
        this.library = library;
        this.kernel = kernel;
    }

    /** The instructions in use, for people; empty where there are none. */
    static String instructions() {
        return LIBRARY == null ? "" : LIBRARY.instructions();
    }

    /** The products with weights of a type, null where there are none. */
    static @Nullable NativeRows of(DType type, int columns) {
        return LIBRARY == null || columns > MAX_COLUMNS ? null : of(LIBRARY, type);
    }

    static @Nullable NativeRows of(NativeLibrary library, DType type) {
        NativeLibrary.Kernel kernel = library.kernels().get(type);
        return kernel == null ? null : new NativeRows(library, kernel);
    }

    /** A row of x as {@link #dots} wants it, until this thread asks for that row of another x. */
    MemorySegment quantized(int row, float[] x, int at, int columns) {
        MemorySegment into = ACTIVATIONS.get().asSlice(row * library.activationBytes(), library.activationBytes());
        try {
            library.quantize().invokeExact(slice(x, at, columns), columns, kernel.bias(), into);
        } catch (Throwable e) {
            throw new IllegalStateException(e); // the call itself throws nothing
        }
        return into;
    }

    /**
     * {@code out[outAt + i] = w[i] · x}.
     *
     * @param w begins with the first of the rows
     * @param stride bytes from row to row
     * @param count rows
     * @param x as {@link #quantized} gave it
     */
    void dots(MemorySegment w, long stride, int count, MemorySegment x, int columns, float[] out, int outAt) {
        try {
            kernel.rows().invokeExact(w, stride, count, x, columns, slice(out, outAt, count));
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static MemorySegment slice(float[] values, int at, int count) {
        return MemorySegment.ofArray(values).asSlice(4L * at, 4L * count);
    }
}
