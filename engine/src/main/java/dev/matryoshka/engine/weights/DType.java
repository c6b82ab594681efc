package dev.matryoshka.engine.weights;

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
            case F32, F16, BF16, Q8_0, Q4_0 -> true;
            case I64, I32, U8 -> false;
        };
    }

    /** Whether elements share a scale with their neighbours. */
    public boolean isQuantized() {
        return blockElements > 1;
    }
}
