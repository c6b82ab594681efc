package dev.matryoshka.engine.weights;

import java.util.Arrays;
import java.util.List;

/**
 * The element types a tensor can be stored in. Byte order is little endian throughout. Quantised types store blocks of
 * neighbours in a row, named and laid out as in ggml.
 */
public enum DType {
    F32(1, 4),
    F16(1, 2),
    BF16(1, 2),
    /** 32 signed bytes after one float16 scale: {@code scale * q}. */
    Q8_0(32, 34),
    /** 32 nibbles after one float16 scale, low nibbles first: {@code scale * (q - 8)}. */
    Q4_0(32, 18),
    /** 32 nibbles after a float16 scale and minimum: {@code scale * q + min}. */
    Q4_1(32, 20),
    /** As Q4_0 with a mask of fifth bits: {@code scale * (q - 16)}. */
    Q5_0(32, 22),
    /** As Q4_1 with a mask of fifth bits. */
    Q5_1(32, 24),
    /** Super-blocks of 256, the scales and minima of their groups quantised too; see {@link Dequantizer}. */
    Q2_K(256, 84),
    Q3_K(256, 110),
    Q4_K(256, 144),
    Q5_K(256, 176),
    Q6_K(256, 210),
    /** As Q4_0 with steps that are not even. */
    IQ4_NL(32, 18),
    /** The same in super-blocks. */
    IQ4_XS(256, 136),
    I64(1, 8),
    I32(1, 4),
    U8(1, 1);

    private final int blockElements;
    private final int blockBytes;

    DType(int blockElements, int blockBytes) {
        this.blockElements = blockElements;
        this.blockBytes = blockBytes;
    }

    /** Elements of a block; 1 where every element stands alone. */
    public int blockElements() {
        return blockElements;
    }

    /** Size of a block in bytes. */
    public int blockBytes() {
        return blockBytes;
    }

    /** Bytes of some elements, a multiple of the block. */
    public long bytes(long elements) {
        return Math.multiplyExact(elements / blockElements, (long) blockBytes);
    }

    /** Whether this type holds real numbers (as opposed to ids or bytes). */
    public boolean isFloat() {
        return switch (this) {
            case I64, I32, U8 -> false;
            default -> true;
        };
    }

    /** All types that weights come in. */
    public static List<DType> weights() {
        return Arrays.stream(values()).filter(DType::isFloat).toList();
    }

    /** Whether elements share a scale with their neighbours. */
    public boolean isQuantized() {
        return blockElements > 1;
    }
}
