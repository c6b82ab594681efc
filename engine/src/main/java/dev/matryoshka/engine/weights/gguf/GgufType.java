package dev.matryoshka.engine.weights.gguf;

import java.util.Arrays;
import java.util.Optional;

/** Types of metadata values ({@code gguf_metadata_value_type}). */
enum GgufType {
    UINT8(0, 1),
    INT8(1, 1),
    UINT16(2, 2),
    INT16(3, 2),
    UINT32(4, 4),
    INT32(5, 4),
    FLOAT32(6, 4),
    BOOL(7, 1),
    /** A length of 8 bytes, then UTF-8. */
    STRING(8, 8),
    /** A type of 4 bytes, a count of 8, then the elements. */
    ARRAY(9, 12),
    UINT64(10, 8),
    INT64(11, 8),
    FLOAT64(12, 8);

    /** What stands for it in a file. */
    final int number;

    /** Bytes of a value, the least where they vary. */
    final int bytes;

    GgufType(int number, int bytes) {
        this.number = number;
        this.bytes = bytes;
    }

    static Optional<GgufType> find(int number) {
        return Arrays.stream(values()).filter(type -> type.number == number).findFirst();
    }
}
