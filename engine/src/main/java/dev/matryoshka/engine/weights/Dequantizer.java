package dev.matryoshka.engine.weights;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Blocks to float32, one at a time, as ggml defines them ({@code dequantize_row_*} in {@code ggml-quants.c}). */
public final class Dequantizer {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** What four bits stand for in IQ4_NL and IQ4_XS ({@code kvalues_iq4nl}). */
    private static final byte[] NON_LINEAR = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};

    /** Added to a value it leaves even the sign of a zero. */
    private static final float NONE = -0f;

    private final MemorySegment data;
    private final long at;
    private final float[] into;
    private final int to;

    private Dequantizer(MemorySegment data, long at, float[] into, int to) {
        this.data = data;
        this.at = at;
        this.into = into;
        this.to = to;
    }

    /**
     * One block into {@code into[to], into[to + 1], …}.
     *
     * @param type a quantised type
     * @param at first byte of the block
     */
    public static void dequantize(DType type, MemorySegment data, long at, float[] into, int to) {
        Dequantizer block = new Dequantizer(data, at, into, to);
        switch (type) {
            case Q8_0 -> block.q8();
            case Q4_0 -> block.q4(8, NONE, 2);
            case Q4_1 -> block.q4(0, block.half(2), 4);
            case Q5_0 -> block.q5(16, NONE, 2);
            case Q5_1 -> block.q5(0, block.half(2), 4);
            case Q2_K -> block.q2k();
            case Q3_K -> block.q3k();
            case Q4_K -> block.q4k();
            case Q5_K -> block.q5k();
            case Q6_K -> block.q6k();
            case IQ4_NL -> block.iq4(block.half(0), 2, 0);
            case IQ4_XS -> block.iq4xs();
            default -> throw new IllegalArgumentException(type + " has no blocks");
        }
    }

    private void put(int index, float value) {
        into[to + index] = value;
    }

    private float half(int offset) {
        return Float.float16ToFloat(data.get(SHORT, at + offset));
    }

    /** A byte, unsigned. */
    private int u8(int offset) {
        return data.get(ValueLayout.JAVA_BYTE, at + offset) & 0xFF;
    }

    private void q8() {
        float scale = half(0);
        for (int i = 0; i < 32; i++) {
            put(i, scale * (byte) u8(2 + i));
        }
    }

    /** Value i shares a byte with value i + 16: {@code scale * (q - zero) + min}. */
    private void q4(int zero, float min, int quants) {
        float scale = half(0);
        for (int i = 0; i < 16; i++) {
            put(i, scale * ((u8(quants + i) & 15) - zero) + min);
            put(i + 16, scale * ((u8(quants + i) >> 4) - zero) + min);
        }
    }

    /** The same, each with a fifth bit. */
    private void q5(int zero, float min, int high) {
        float scale = half(0);
        int bits = data.get(INT, at + high);
        for (int i = 0; i < 16; i++) {
            int pair = u8(high + 4 + i);
            put(i, scale * ((pair & 15 | (bits >>> i & 1) << 4) - zero) + min);
            put(i + 16, scale * ((pair >> 4 | (bits >>> i + 16 & 1) << 4) - zero) + min);
        }
    }

    /** 16 groups of 16, a byte of scale and minimum each; a byte holds values of four groups. */
    private void q2k() {
        float scale = half(80);
        float min = half(82);
        for (int i = 0; i < 256; i++) {
            int both = u8(i / 16);
            int quant = u8(16 + i / 128 * 32 + i % 32) >> i / 32 % 4 * 2 & 3;
            put(i, scale * (both & 15) * quant - min * (both >> 4));
        }
    }

    /** 16 groups of 16 with scales of six bits; a value's third bit is in the mask, 0 for 4 less. */
    private void q3k() {
        float scale = half(108);
        for (int i = 0; i < 256; i++) {
            int quant = u8(32 + i / 128 * 32 + i % 32) >> i / 32 % 4 * 2 & 3;
            int missing = (u8(i % 32) >> i / 32 & 1) == 0 ? 4 : 0;
            put(i, scale * scaleOfQ3(data, at, i / 16) * (quant - missing));
        }
    }

    /**
     * Scale of one of the 16 groups of a block of Q3_K.
     *
     * @param at first byte of the block
     */
    public static int scaleOfQ3(MemorySegment data, long at, int group) {
        int low = data.get(ValueLayout.JAVA_BYTE, at + 96 + group % 8) >> group / 8 * 4 & 15;
        int high = data.get(ValueLayout.JAVA_BYTE, at + 104 + group % 4) >> group / 4 * 2 & 3;
        return (low | high << 4) - 32;
    }

    private void q4k() {
        for (int group = 0; group < 8; group++) {
            float scale = half(0) * scale(data, at + 4, group);
            float min = half(2) * min(data, at + 4, group);
            for (int i = 0; i < 32; i++) {
                int quant = u8(16 + group / 2 * 32 + i) >> group % 2 * 4 & 15;
                put(group * 32 + i, scale * quant - min);
            }
        }
    }

    private void q5k() {
        for (int group = 0; group < 8; group++) {
            float scale = half(0) * scale(data, at + 4, group);
            float min = half(2) * min(data, at + 4, group);
            for (int i = 0; i < 32; i++) {
                int quant = u8(48 + group / 2 * 32 + i) >> group % 2 * 4 & 15 | (u8(16 + i) >> group & 1) << 4;
                put(group * 32 + i, scale * quant - min);
            }
        }
    }

    /** Scale of one of the eight groups of Q4_K and Q5_K, six bits in 12 bytes ({@code get_scale_min_k4}). */
    public static int scale(MemorySegment data, long at, int group) {
        int low = data.get(ValueLayout.JAVA_BYTE, at + (group < 4 ? group : group + 4));
        return group < 4 ? low & 63 : low & 15 | data.get(ValueLayout.JAVA_BYTE, at + group - 4) >> 2 & 48;
    }

    /** Minimum of a group, beside its scale. */
    public static int min(MemorySegment data, long at, int group) {
        int low = data.get(ValueLayout.JAVA_BYTE, at + group + 4);
        return group < 4 ? low & 63 : low >> 4 & 15 | data.get(ValueLayout.JAVA_BYTE, at + group) >> 2 & 48;
    }

    /** Four bits in the first 128 bytes, two in the next 64, then 16 scales of a byte. */
    private void q6k() {
        float scale = half(208);
        for (int i = 0; i < 256; i++) {
            int half = i / 128;
            int quarter = i / 32 % 4;
            int low = u8(half * 64 + quarter % 2 * 32 + i % 32) >> quarter / 2 * 4 & 15;
            int high = u8(128 + half * 32 + i % 32) >> quarter * 2 & 3;
            put(i, scale * (byte) u8(192 + i / 16) * ((low | high << 4) - 32));
        }
    }

    private void iq4(float scale, int quants, int first) {
        for (int i = 0; i < 16; i++) {
            int pair = u8(quants + i);
            put(first + i, scale * NON_LINEAR[pair & 15]);
            put(first + i + 16, scale * NON_LINEAR[pair >> 4]);
        }
    }

    private void iq4xs() {
        for (int group = 0; group < 8; group++) {
            iq4(half(0) * scaleOfIq4(data, at, group), 8 + group * 16, group * 32);
        }
    }

    /**
     * Scale of one of the eight groups of a block of IQ4_XS.
     *
     * @param at first byte of the block
     */
    public static int scaleOfIq4(MemorySegment data, long at, int group) {
        int low = data.get(ValueLayout.JAVA_BYTE, at + 4 + group / 2) >> group % 2 * 4 & 15;
        int high = data.get(SHORT, at + 2) >> group * 2 & 3;
        return (low | high << 4) - 32;
    }
}
