package dev.matryoshka.gpu;

import dev.matryoshka.engine.weights.DType;

/**
 * How a quantised type lies on a device: a plane of quants and a plane of float16, both read in whole words. Quants of four
 * bits and more are one form for all types, so that kernels differ in what a quant means alone: records of {@value #RECORD}
 * neighbours, eight quads of 16 bytes with a block's nibbles each (element i low, i + 16 high), then the bits above the
 * nibbles (of elements 4k .. 4k + 3 in the k-th bits of a word's bytes), then, where scales are quantised themselves, a
 * quad of two bytes for each block of 32 (scale and minimum, or those of its halves). Bits that ggml packs tighter, minima
 * and scales of six and Q2_K's and Q3_K's quants, grow to whole bytes and nibbles; values stay the same bit for bit. Q8_0
 * keeps its bytes in order. Counterpart of {@code types.glsl} and {@code weight.cl}.
 *
 * @param highBits above a quant's nibble: 0 to 2
 * @param groups whether scales are quantised, with float16 for each record and not for each block
 * @param halves float16 to each of these: the scale, or scale and minimum
 */
record BlockLayout(int highBits, boolean groups, int halves) {
    /** Elements of a record. */
    static final int RECORD = 256;

    /** Elements of a block. */
    static final int BLOCK = 32;

    private static final int QUAD = 16;

    static BlockLayout of(DType type) {
        return switch (type) {
            case Q8_0, Q4_0, IQ4_NL -> new BlockLayout(0, false, 1);
            case Q4_1 -> new BlockLayout(0, false, 2);
            case Q5_0 -> new BlockLayout(1, false, 1);
            case Q5_1 -> new BlockLayout(1, false, 2);
            case Q2_K, Q4_K -> new BlockLayout(0, true, 2);
            case Q3_K, IQ4_XS -> new BlockLayout(0, true, 1);
            case Q5_K -> new BlockLayout(1, true, 2);
            case Q6_K -> new BlockLayout(2, true, 1);
            case F32, F16, BF16, I64, I32, U8 -> throw new IllegalArgumentException(type + " has no blocks");
        };
    }

    /** Bytes of a record. */
    int recordBytes() {
        return QUAD * (RECORD / BLOCK + 2 * highBits + (groups ? 1 : 0));
    }

    /** Elements that share float16s. */
    int scaled() {
        return groups ? RECORD : BLOCK;
    }

    /** Bytes of float16 that some elements have. */
    long scaleBytes(long elements) {
        return (elements + scaled() - 1) / scaled() * halves * Short.BYTES;
    }
}
