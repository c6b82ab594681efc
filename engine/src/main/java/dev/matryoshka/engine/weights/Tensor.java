package dev.matryoshka.engine.weights;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;

/**
 * A named, read-only array in its stored type: row-major, contiguous, usually a slice of a memory-mapped file.
 *
 * @param name name in the checkpoint, for example {@code model.language_model.norm.weight}
 * @param type stored type
 * @param shape sizes, outermost first; an empty list is a scalar
 * @param data exactly {@code type.bytes(elements())} bytes
 */
public record Tensor(String name, DType type, List<Integer> shape, MemorySegment data) {
    private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort I16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt I32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong I64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    public Tensor {
        shape = List.copyOf(shape);
        if (data.byteSize() != type.bytes(elements(shape))) {
            throw new IllegalArgumentException(name + " " + type + shape + " needs " + type.bytes(elements(shape))
                    + " bytes, not " + data.byteSize());
        }
    }

    /** Number of elements. */
    public long elements() {
        return elements(shape);
    }

    /** Size of the innermost dimension (1 for a scalar). */
    public int columns() {
        return shape.isEmpty() ? 1 : shape.getLast();
    }

    /** Product of all dimensions but the innermost. */
    public long rows() {
        return columns() == 0 ? 0 : elements() / columns();
    }

    /**
     * The first rows and columns as a matrix of its own: rows alone are a view, columns are copied.
     *
     * @param columns whole blocks of the type
     * @param arena of the copy
     */
    public Tensor prefix(int rows, int columns, Arena arena) {
        if (columns == columns()) {
            return new Tensor(name, type, List.of(rows, columns), data.asSlice(0, type.bytes((long) rows * columns)));
        }
        long stored = type.bytes(columns());
        long kept = type.bytes(columns);
        MemorySegment copy = arena.allocate(rows * kept, 64);
        for (long row = 0; row < rows; row++) {
            MemorySegment.copy(data, row * stored, copy, row * kept, kept);
        }
        return new Tensor(name, type, List.of(rows, columns), copy);
    }

    /** One element as float32, exact for every float type, dequantised where blocks are stored. */
    public float getFloat(long index) {
        return switch (type) {
            case F32 -> data.get(F32, index * 4);
            case F16 -> Float.float16ToFloat(data.get(I16, index * 2));
            case BF16 -> Float.intBitsToFloat(data.get(I16, index * 2) << 16);
            case I64 -> data.get(I64, index * 8);
            case I32 -> data.get(I32, index * 4);
            case U8 -> data.get(ValueLayout.JAVA_BYTE, index) & 0xFF;
            default -> toFloats(index, 1)[0];
        };
    }

    /** One element of an integer type. */
    public long getLong(long index) {
        return switch (type) {
            case I64 -> data.get(I64, index * 8);
            case I32 -> data.get(I32, index * 4);
            case U8 -> data.get(ValueLayout.JAVA_BYTE, index) & 0xFF;
            default -> throw new IllegalArgumentException(name + " is " + type + ", not an integer tensor");
        };
    }

    /** {@code count} elements from {@code from} on, converted to float32. */
    public float[] toFloats(long from, int count) {
        float[] values = new float[count];
        copyTo(values, 0, from, count);
        return values;
    }

    /** The same into {@code into[at], into[at + 1], …}. */
    public void copyTo(float[] into, int at, long from, int count) {
        if (!type.isQuantized()) {
            for (int i = 0; i < count; i++) {
                into[at + i] = getFloat(from + i);
            }
            return;
        }
        float[] block = new float[type.blockElements()];
        for (int i = 0; i < count; ) {
            long first = (from + i) / block.length;
            int skipped = (int) (from + i - first * block.length);
            int taken = Math.min(block.length - skipped, count - i);
            Dequantizer.dequantize(type, data, first * type.blockBytes(), block, 0);
            System.arraycopy(block, skipped, into, at + i, taken);
            i += taken;
        }
    }

    /** All elements as float32; the tensor must fit a Java array. */
    public float[] toFloats() {
        return toFloats(0, Math.toIntExact(elements()));
    }

    private static long elements(List<Integer> shape) {
        long n = 1;
        for (int size : shape) {
            n = Math.multiplyExact(n, (long) size);
        }
        return n;
    }
}
