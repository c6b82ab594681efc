package dev.matryoshka.engine.weights;

/** The element types a tensor can be stored in. Byte order is little endian throughout. */
public enum DType {
    F32(4),
    F16(2),
    BF16(2),
    I64(8),
    I32(4),
    U8(1);

    private final int bytes;

    DType(int bytes) {
        this.bytes = bytes;
    }

    /** Size of one element in bytes. */
    public int bytes() {
        return bytes;
    }

    /** Whether this type holds real numbers (as opposed to ids or bytes). */
    public boolean isFloat() {
        return this == F32 || this == F16 || this == BF16;
    }
}
