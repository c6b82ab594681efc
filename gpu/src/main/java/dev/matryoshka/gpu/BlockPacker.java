package dev.matryoshka.gpu;

import dev.matryoshka.engine.weights.DType;
import dev.matryoshka.engine.weights.Dequantizer;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Blocks as ggml stores them (see {@link Dequantizer}) into records of {@link BlockLayout}, four quants at a time. */
final class BlockPacker {
    private static final ByteOrder LE = ByteOrder.LITTLE_ENDIAN;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(LE);
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(LE);
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final int ONE = 0x0101_0101;
    private static final int TWO = 0x0303_0303;
    private static final int NIBBLE = 0x0F0F_0F0F;
    private static final int WORDS = 8; // of a block's quants, a byte each

    private final DType type;
    private final BlockLayout layout;
    private final MemorySegment data;
    private final int blocksOfStored;
    private final int[] quants = new int[WORDS];

    /**
     * A packer of one weight.
     *
     * @param type of four bits and more
     * @param data its blocks
     */
    BlockPacker(DType type, MemorySegment data) {
        this.type = type;
        this.data = data;
        layout = BlockLayout.of(type);
        blocksOfStored = type.blockElements() / BlockLayout.BLOCK;
    }

    /** Records from number {@code first} on; what the weight's end leaves of the last one is zero. */
    void records(MemorySegment into, long first, long count) {
        int bytes = layout.recordBytes();
        long blocks = data.byteSize() / type.blockBytes() * blocksOfStored;
        for (long record = 0; record < count; record++) {
            long from = (first + record) * WORDS;
            if (from + WORDS > blocks) {
                into.asSlice(record * bytes, bytes).fill((byte) 0);
            }
            for (int block = 0; block < Math.min(WORDS, blocks - from); block++) {
                block(into, record * bytes, block, from + block);
            }
            if (layout.groups()) {
                scales(into, (record + 1) * bytes - 16, (first + record) * type.blockBytes());
            }
        }
    }

    /** Float16 scales and minima from number {@code first} on. */
    void halves(MemorySegment into, long first, long count) {
        int at = switch (type) {
            case Q2_K -> 80;
            case Q3_K -> 108;
            case Q6_K -> 208;
            default -> 0;
        };
        for (long i = 0; i < count; i++) {
            long half = first + i;
            long block = half / layout.halves() * type.blockBytes();
            into.set(SHORT, 2 * i, data.get(SHORT, block + at + half % layout.halves() * 2));
        }
    }

    private void block(MemorySegment into, long record, int block, long stored) {
        unpack(stored / blocksOfStored * type.blockBytes(), (int) (stored % blocksOfStored));
        for (int k = 0; k < WORDS / 2; k++) {
            int pairs = quants[k] & NIBBLE | (quants[k + WORDS / 2] & NIBBLE) << 4;
            into.set(INT, record + 16L * block + 4L * k, pairs);
        }
        long high = record + 128 + 4L * layout.highBits() * block;
        if (layout.highBits() == 1) {
            into.set(INT, high, high(0, WORDS, ONE, 1));
        } else if (layout.highBits() == 2) {
            into.set(INT, high, high(0, WORDS / 2, TWO, 2));
            into.set(INT, high + 4, high(WORDS / 2, WORDS / 2, TWO, 2));
        }
    }

    private int high(int from, int count, int mask, int bits) {
        int word = 0;
        for (int k = 0; k < count; k++) {
            word |= (quants[from + k] >>> 4 & mask) << bits * k;
        }
        return word;
    }

    private int word(long at) {
        return data.get(INT, at);
    }

    /** The 32 quants of a group into {@link #quants}. */
    private void unpack(long at, int group) {
        switch (type) {
            case Q4_0, IQ4_NL -> nibbles(at + 2);
            case Q4_1 -> nibbles(at + 4);
            case Q5_0 -> fifths(at + 2);
            case Q5_1 -> fifths(at + 4);
            case IQ4_XS -> nibbles(at + 8 + 16L * group);
            default -> {
                for (int k = 0; k < WORDS; k++) {
                    quants[k] = superBlock(at + 4L * k, group);
                }
            }
        }
    }

    private void nibbles(long at) {
        for (int k = 0; k < WORDS / 2; k++) {
            quants[k] = word(at + 4L * k) & NIBBLE;
            quants[k + WORDS / 2] = word(at + 4L * k) >>> 4 & NIBBLE;
        }
    }

    /** Nibbles behind a mask of 32 bits: bit i is the fifth of quant i. */
    private void fifths(long at) {
        nibbles(at + 4);
        int mask = word(at);
        for (int k = 0; k < WORDS; k++) {
            quants[k] |= ((mask >>> 4 * k & 15) * 0x0020_4081 & ONE) << 4; // a bit to each byte
        }
    }

    /** Four quants of a group of 32; {@code at} their place in a part of 32 bytes that starts with the super-block. */
    private int superBlock(long at, int group) {
        long pair = at + group / 2 * 32L;
        long half = group / 4 * 32L;
        int quarter = group % 4;
        return switch (type) {
            case Q4_K -> word(pair + 16) >>> group % 2 * 4 & NIBBLE;
            case Q5_K -> word(pair + 48) >>> group % 2 * 4 & NIBBLE | (word(at + 16) >>> group & ONE) << 4;
            case Q6_K ->
                word(at + 2 * half + quarter % 2 * 32L) >>> quarter / 2 * 4 & NIBBLE
                        | (word(at + 128 + half) >>> quarter * 2 & TWO) << 4;
            case Q2_K -> word(at + 16 + half) >>> quarter * 2 & TWO;
            case Q3_K -> word(at + 32 + half) >>> quarter * 2 & TWO | (word(at) >>> group & ONE) << 2;
            default -> throw new IllegalStateException(type + " has no super-blocks");
        };
    }

    /** 16 bytes of scales; {@code at}: the super-block's first byte. */
    private void scales(MemorySegment into, long to, long at) {
        switch (type) {
            case Q2_K -> MemorySegment.copy(data, at, into, to, 16);
            case Q6_K -> MemorySegment.copy(data, at + 192, into, to, 16);
            case Q4_K, Q5_K -> {
                for (int group = 0; group < WORDS; group++) {
                    into.set(BYTE, to + 2L * group, (byte) Dequantizer.scale(data, at + 4, group));
                    into.set(BYTE, to + 2L * group + 1, (byte) Dequantizer.min(data, at + 4, group));
                }
            }
            default -> {
                for (int i = 0; i < 16; i++) {
                    int scale = type == DType.Q3_K
                            ? Dequantizer.scaleOfQ3(data, at, i)
                            : Dequantizer.scaleOfIq4(data, at, i / 2);
                    into.set(BYTE, to + i, (byte) scale);
                }
            }
        }
    }
}
