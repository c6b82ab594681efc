package dev.matryoshka.engine.weights;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.SplittableRandom;

/** Blocks of any quantised type without values to quantise: random bytes, and float16s that keep what they stand for in bounds. */
public final class RandomBlocks {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private RandomBlocks() {}

    /**
     * Fills {@code into}, whole blocks.
     *
     * @param largest no magnitude is over twice this
     */
    public static void fill(DType type, MemorySegment into, SplittableRandom random, float largest) {
        for (long i = 0; i < into.byteSize(); i++) {
            into.set(ValueLayout.JAVA_BYTE, i, (byte) random.nextInt());
        }
        Halves halves = Halves.of(type);
        for (long block = 0; block < into.byteSize(); block += type.blockBytes()) {
            float scale = largest * (float) (0.5 + random.nextDouble() / 2) / halves.most();
            into.set(SHORT, block + halves.scaleAt(), Float.floatToFloat16(scale));
            if (halves.minAt() >= 0) {
                float min = largest * (float) random.nextDouble() / halves.mostMin();
                into.set(SHORT, block + halves.minAt(), Float.floatToFloat16(min));
            }
        }
    }

    /**
     * The float16s of a block.
     *
     * @param scaleAt where the scale stands
     * @param most largest magnitude of what it is multiplied by
     * @param minAt where the minimum stands, or -1
     * @param mostMin the same for the minimum, negative where it is added
     */
    private record Halves(int scaleAt, int most, int minAt, int mostMin) {
        static Halves of(DType type) {
            return switch (type) {
                case Q8_0, IQ4_NL -> new Halves(0, 128, -1, 0);
                case Q4_0 -> new Halves(0, 8, -1, 0);
                case Q4_1 -> new Halves(0, 15, 2, -1);
                case Q5_0 -> new Halves(0, 16, -1, 0);
                case Q5_1 -> new Halves(0, 31, 2, -1);
                case Q2_K -> new Halves(80, 3 * 15, 82, 15);
                case Q3_K -> new Halves(108, 4 * 32, -1, 0);
                case Q4_K -> new Halves(0, 15 * 63, 2, 63);
                case Q5_K -> new Halves(0, 31 * 63, 2, 63);
                case Q6_K -> new Halves(208, 32 * 128, -1, 0);
                case IQ4_XS -> new Halves(0, 127 * 32, -1, 0);
                case F32, F16, BF16, I64, I32, U8 -> throw new IllegalArgumentException(type + " has no blocks");
            };
        }
    }
}
