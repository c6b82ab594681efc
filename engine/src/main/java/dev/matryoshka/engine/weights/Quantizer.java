package dev.matryoshka.engine.weights;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Set;

/**
 * Float32 to blocks, to the bit as ggml makes them ({@code quantize_row_q8_0_ref} and so on). The
 * scale that is stored is rounded to float16, the one that values are divided by is not. Super-blocks are {@link SuperBlockQuantizer}'s.
 */
public final class Quantizer {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** What {@link #quantize} makes. */
    public static final Set<DType> TYPES =
            Set.of(DType.Q8_0, DType.Q4_0, DType.Q5_0, DType.Q5_1, DType.Q4_K, DType.Q5_K, DType.Q6_K);

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
        SuperBlockQuantizer superBlocks = new SuperBlockQuantizer(values, into);
        for (int from = 0; from < values.length; from += type.blockElements()) {
            long at = type.bytes(from);
            switch (type) {
                case Q8_0 -> q8(values, from, into, at);
                case Q4_0 -> q4(values, from, into, at);
                case Q5_0 -> q5(values, from, into, at);
                case Q5_1 -> q5WithMin(values, from, into, at);
                case Q4_K -> superBlocks.q4k(from, at);
                case Q5_K -> superBlocks.q5k(from, at);
                case Q6_K -> superBlocks.q6k(from, at);
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

    /** As Q4_0 with 32 steps, whose fifth bits are in a mask. */
    private static void q5(float[] x, int from, MemorySegment into, long at) {
        float scale = x[largest(x, from)] / -16;
        float inverse = inverse(scale);
        into.set(SHORT, at, Float.floatToFloat16(scale));
        int mask = 0;
        for (int i = 0; i < 16; i++) {
            int low = Math.min(31, (int) (x[from + i] * inverse + 16.5f));
            int high = Math.min(31, (int) (x[from + 16 + i] * inverse + 16.5f));
            into.set(ValueLayout.JAVA_BYTE, at + 6 + i, (byte) (low & 15 | high << 4));
            mask |= low >> 4 << i | high >> 4 << i + 16;
        }
        into.set(INT, at + 2, mask);
    }

    /** The smallest value becomes 0, the largest 31. */
    private static void q5WithMin(float[] x, int from, MemorySegment into, long at) {
        float min = x[from];
        float max = x[from];
        for (int i = from + 1; i < from + 32; i++) {
            min = Math.min(min, x[i]);
            max = Math.max(max, x[i]);
        }
        float scale = (max - min) / 31;
        float inverse = inverse(scale);
        into.set(SHORT, at, Float.floatToFloat16(scale));
        into.set(SHORT, at + 2, Float.floatToFloat16(min));
        int mask = 0;
        for (int i = 0; i < 16; i++) {
            int low = (int) ((x[from + i] - min) * inverse + 0.5f);
            int high = (int) ((x[from + 16 + i] - min) * inverse + 0.5f);
            into.set(ValueLayout.JAVA_BYTE, at + 8 + i, (byte) (low & 15 | high << 4));
            mask |= low >> 4 << i | high >> 4 << i + 16;
        }
        into.set(INT, at + 4, mask);
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
