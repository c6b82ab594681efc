package dev.matryoshka.engine.weights;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Set;

/**
 * Float32 to blocks, to the bit as ggml makes them ({@code quantize_row_q8_0_ref}, {@code quantize_row_q4_0_ref}). The
 * scale that is stored is rounded to float16, the one that values are divided by is not.
 */
public final class Quantizer {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** What {@link #quantize} makes. */
    public static final Set<DType> TYPES = Set.of(DType.Q8_0, DType.Q4_0);

    private Quantizer() {}

    /**
     * Fills {@code into} with the blocks of some values.
     *
     * @param type one of {@link #TYPES}
     * @param values rows of whole blocks, one after the other
     * @param into {@code type.bytes(values.length)} bytes
     */
    public static void quantize(DType type, float[] values, MemorySegment into) {
        if (values.length % type.blockElements() != 0 || into.byteSize() != type.bytes(values.length)) {
            throw new IllegalArgumentException(
                    values.length + " values as " + type + " do not fill " + into.byteSize() + " bytes");
        }
        for (int from = 0; from < values.length; from += type.blockElements()) {
            long at = type.bytes(from);
            switch (type) {
                case Q8_0 -> q8(values, from, into, at);
                case Q4_0 -> q4(values, from, into, at);
                default -> throw new IllegalArgumentException(type + " has no blocks");
            }
        }
    }

    /** The largest magnitude becomes 127; halves are rounded away from zero. */
    private static void q8(float[] x, int from, MemorySegment into, long at) {
        float scale = Math.abs(x[largest(x, from)]) / 127;
        float inverse = inverse(scale);
        into.set(SHORT, at, Float.floatToFloat16(scale));
        for (int i = 0; i < 32; i++) {
            float value = x[from + i] * inverse;
            int magnitude = Math.round(Math.abs(value));
            into.set(ValueLayout.JAVA_BYTE, at + 2 + i, (byte) (value < 0 ? -magnitude : magnitude));
        }
    }

    /** The value of largest magnitude becomes 0, which stands for -8; value i shares a byte with value i + 16. */
    private static void q4(float[] x, int from, MemorySegment into, long at) {
        float scale = x[largest(x, from)] / -8;
        float inverse = inverse(scale);
        into.set(SHORT, at, Float.floatToFloat16(scale));
        for (int i = 0; i < 16; i++) {
            int low = nibble(x[from + i] * inverse);
            int high = nibble(x[from + 16 + i] * inverse);
            into.set(ValueLayout.JAVA_BYTE, at + 2 + i, (byte) (low | high << 4));
        }
    }

    private static int nibble(float value) {
        return Math.min(15, (int) (value + 8.5f));
    }

    private static float inverse(float scale) {
        return scale == 0 ? 0 : 1 / scale;
    }

    /** Where the first value of largest magnitude stands. */
    private static int largest(float[] x, int from) {
        int best = from;
        for (int i = from + 1; i < from + 32; i++) {
            if (Math.abs(x[i]) > Math.abs(x[best])) {
                best = i;
            }
        }
        return best;
    }
}
