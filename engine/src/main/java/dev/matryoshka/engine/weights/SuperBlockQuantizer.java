package dev.matryoshka.engine.weights;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Float32 to super-blocks of 256, to the bit as ggml makes them ({@code quantize_row_q4_K_ref}, {@code quantize_row_q5_K_ref},
 * {@code quantize_row_q6_K_ref}, without an importance matrix). Each group's scale is searched for the least weighted square error, then
 * scales are quantised themselves, and values once more with what is left of them.
 */
final class SuperBlockQuantizer {
    private static final int SIZE = 256;
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** Groups whose values are all smaller become zeros ({@code GROUP_MAX_EPS}). */
    private static final float NOTHING = 1e-15f;

    private final float[] x;
    private final MemorySegment into;
    private final float[] weights = new float[32];
    private final int[] quants = new int[SIZE];
    private final int[] tried = new int[32];
    private final float[] scales = new float[16];
    private final float[] mins = new float[8];
    private final int[] steps = new int[16];
    private final int[] minSteps = new int[8];

    /**
     * @param x values, rows of whole blocks
     * @param into their blocks
     */
    SuperBlockQuantizer(float[] x, MemorySegment into) {
        this.x = x;
        this.into = into;
    }

    /** {@code scale * q - min} with four bits in groups of 32. */
    void q4k(int from, long at) {
        scalesAndMins(from, at, 15, -1, 20);
        for (int pair = 0; pair < 4; pair++) {
            for (int i = 0; i < 32; i++) {
                put(at, 16 + pair * 32 + i, quants[pair * 64 + i] | quants[pair * 64 + 32 + i] << 4);
            }
        }
    }

    /** The same with five bits; the fifth of value i of each group is in byte i of the mask. */
    void q5k(int from, long at) {
        scalesAndMins(from, at, 31, -0.5f, 15);
        for (int i = 0; i < 32; i++) {
            int mask = 0;
            for (int group = 0; group < 8; group++) {
                mask |= quants[group * 32 + i] >> 4 << group;
            }
            put(at, 16 + i, mask);
        }
        for (int pair = 0; pair < 4; pair++) {
            for (int i = 0; i < 32; i++) {
                put(at, 48 + pair * 32 + i, quants[pair * 64 + i] & 15 | (quants[pair * 64 + 32 + i] & 15) << 4);
            }
        }
    }

    /**
     * The head of a block of Q4_K or Q5_K, and its quants.
     *
     * @param most largest quant
     * @param first what the search starts with beside {@code most}, in tenths of a step upwards
     * @param tries how far it goes
     */
    private void scalesAndMins(int from, long at, int most, float first, int tries) {
        float maxScale = 0;
        float maxMin = 0;
        for (int group = 0; group < 8; group++) {
            weigh(from + group * 32);
            search(from, group, most, first, tries);
            maxScale = Math.max(maxScale, scales[group]);
            maxMin = Math.max(maxMin, mins[group]);
        }
        float inverseScale = maxScale > 0 ? 63 / maxScale : 0;
        float inverseMin = maxMin > 0 ? 63 / maxMin : 0;
        for (int group = 0; group < 8; group++) {
            steps[group] = Math.min(63, nearest(inverseScale * scales[group]));
            minSteps[group] = Math.min(63, nearest(inverseMin * mins[group]));
        }
        float scale = half(at, maxScale / 63);
        float min = half(at + 2, maxMin / 63);
        sixBits(at + 4);
        for (int group = 0; group < 8; group++) {
            float d = scale * steps[group];
            if (d == 0) {
                continue;
            }
            float m = min * minSteps[group];
            for (int i = group * 32; i < group * 32 + 32; i++) {
                quants[i] = Math.clamp(nearest((x[from + i] + m) / d), 0, most);
            }
        }
    }

    /** What {@link Dequantizer#scale} and {@link Dequantizer#min} read. */
    private void sixBits(long at) {
        for (int group = 0; group < 4; group++) {
            put(at, group, steps[group] | steps[group + 4] >> 4 << 6);
            put(at, 4 + group, minSteps[group] | minSteps[group + 4] >> 4 << 6);
            put(at, 8 + group, steps[group + 4] & 15 | (minSteps[group + 4] & 15) << 4);
        }
    }

    /** A group's values count by their size and by the mean of it. */
    private void weigh(int from) {
        float squares = 0;
        for (int i = from; i < from + 32; i++) {
            squares += x[i] * x[i];
        }
        float mean = (float) Math.sqrt(squares / 32);
        for (int i = 0; i < 32; i++) {
            weights[i] = mean + Math.abs(x[from + i]);
        }
    }

    /** Scale, minimum and quants of a group ({@code make_qkx2_quants}): for each of some scales the best line through its quants. */
    private void search(int from, int group, int most, float first, int tries) {
        int start = from + group * 32;
        int to = group * 32;
        float min = x[start];
        float max = x[start];
        float sumW = weights[0];
        float sumX = sumW * x[start];
        for (int i = 1; i < 32; i++) {
            min = Math.min(min, x[start + i]);
            max = Math.max(max, x[start + i]);
            sumW += weights[i];
            sumX += weights[i] * x[start + i];
        }
        min = Math.min(min, 0);
        scales[group] = 0;
        mins[group] = -min;
        if (max == min) {
            Arrays.fill(quants, to, to + 32, 0);
            return;
        }
        float inverse = most / (max - min);
        float scale = 1 / inverse;
        float best = 0;
        for (int i = 0; i < 32; i++) {
            quants[to + i] = Math.clamp(nearest(inverse * (x[start + i] - min)), 0, most);
            float off = scale * quants[to + i] + min - x[start + i];
            best += weights[i] * (off * off);
        }
        for (int step = 0; step <= tries; step++) {
            inverse = (first + 0.1f * step + most) / (max - min);
            float sumL = 0;
            float sumL2 = 0;
            float sumXl = 0;
            for (int i = 0; i < 32; i++) {
                int l = Math.clamp(nearest(inverse * (x[start + i] - min)), 0, most);
                tried[i] = l;
                sumL += weights[i] * l;
                sumL2 += weights[i] * l * l;
                sumXl += weights[i] * l * x[start + i];
            }
            float determinant = sumW * sumL2 - sumL * sumL;
            if (determinant <= 0) {
                continue;
            }
            float newScale = (sumW * sumXl - sumX * sumL) / determinant;
            float newMin = (sumL2 * sumX - sumL * sumXl) / determinant;
            if (newMin > 0) {
                newMin = 0;
                newScale = sumXl / sumL2;
            }
            float error = 0;
            for (int i = 0; i < 32; i++) {
                float off = newScale * tried[i] + newMin - x[start + i];
                error += weights[i] * (off * off);
            }
            if (error < best) {
                System.arraycopy(tried, 0, quants, to, 32);
                best = error;
                scale = newScale;
                min = newMin;
            }
        }
        scales[group] = scale;
        mins[group] = -min;
    }

    /** {@code scale * (q - 32)} with six bits in groups of 16. */
    void q6k(int from, long at) {
        float largest = 0;
        for (int group = 0; group < 16; group++) {
            scales[group] = symmetric(from + group * 16, group * 16);
            if (Math.abs(scales[group]) > Math.abs(largest)) {
                largest = scales[group];
            }
        }
        if (Math.abs(largest) < NOTHING) {
            into.asSlice(at, DType.Q6_K.blockBytes()).fill((byte) 0);
            return;
        }
        float inverse = -128 / largest;
        float scale = half(at + 208, 1 / inverse);
        for (int group = 0; group < 16; group++) {
            int step = Math.min(127, nearest(inverse * scales[group]));
            put(at, 192 + group, step);
            float d = scale * step;
            if (d == 0) {
                continue;
            }
            for (int i = group * 16; i < group * 16 + 16; i++) {
                quants[i] = Math.clamp(nearest(x[from + i] / d), -32, 31) + 32;
            }
        }
        packSixBits(at);
    }

    /** Four bits of two values in a byte, two bits of four. */
    private void packSixBits(long at) {
        for (int half = 0; half < 2; half++) {
            for (int i = 0; i < 32; i++) {
                int q = half * 128 + i;
                put(at, half * 64 + i, quants[q] & 15 | (quants[q + 64] & 15) << 4);
                put(at, half * 64 + 32 + i, quants[q + 32] & 15 | (quants[q + 96] & 15) << 4);
                put(
                        at,
                        128 + half * 32 + i,
                        quants[q] >> 4
                                | quants[q + 32] >> 4 << 2
                                | quants[q + 64] >> 4 << 4
                                | quants[q + 96] >> 4 << 6);
            }
        }
    }

    /** Scale and quants of a group of 16 around zero, values counting by their squares ({@code make_qx_quants}). */
    private float symmetric(int start, int to) {
        float max = 0;
        for (int i = start; i < start + 16; i++) {
            if (Math.abs(x[i]) > Math.abs(max)) {
                max = x[i];
            }
        }
        if (Math.abs(max) < NOTHING) {
            Arrays.fill(quants, to, to + 16, 0);
            return 0;
        }
        float scale = 0;
        float best = 0;
        for (int step = 0; step < 19; step++) {
            int tenths = step == 0 ? 0 : step <= 9 ? step - 10 : step - 9; // the middle first
            float inverse = -(32 + 0.1f * tenths) / max;
            float sumLx = 0;
            float sumL2 = 0;
            for (int i = 0; i < 16; i++) {
                float value = x[start + i];
                int l = Math.clamp(nearest(inverse * value), -32, 31);
                tried[i] = l + 32;
                float w = value * value;
                sumLx += w * value * l;
                sumL2 += w * l * l;
            }
            if (step == 0 || sumL2 > 0 && sumLx * sumLx > best * sumL2) {
                System.arraycopy(tried, 0, quants, to, 16);
                scale = sumL2 > 0 ? sumLx / sumL2 : 0;
                best = scale * sumLx;
            }
        }
        return scale;
    }

    /** Halves to even. */
    private static int nearest(float value) {
        return (int) Math.rint(value);
    }

    /** Stores a number as float16 and returns what it is then. */
    private float half(long at, float value) {
        short bits = Float.floatToFloat16(value);
        into.set(SHORT, at, bits);
        return Float.float16ToFloat(bits);
    }

    private void put(long at, int offset, int value) {
        into.set(ValueLayout.JAVA_BYTE, at + offset, (byte) value);
    }
}
