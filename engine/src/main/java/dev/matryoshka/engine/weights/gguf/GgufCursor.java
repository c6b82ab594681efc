package dev.matryoshka.engine.weights.gguf;

import dev.matryoshka.engine.error.ModelFormatException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Reads a GGUF header from front to back, every length against what is left of the file. */
final class GgufCursor {
    private static final ByteOrder LE = ByteOrder.LITTLE_ENDIAN;
    private static final ValueLayout.OfShort I16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(LE);
    private static final ValueLayout.OfInt I32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(LE);
    private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(LE);
    private static final ValueLayout.OfDouble F64 = ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(LE);
    static final ValueLayout.OfLong I64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(LE);

    /** Longest key or name that makes sense. */
    private static final int MAX_NAME = 1 << 16;

    private final Path path;
    private final MemorySegment file;
    private long at;

    GgufCursor(Path path, MemorySegment file) {
        this.path = path;
        this.file = file;
    }

    /** The file's name, for complaints. */
    String file() {
        return String.valueOf(path.getFileName());
    }

    long position() {
        return at;
    }

    int int32() {
        return file.get(I32, skip(Integer.BYTES));
    }

    long int64() {
        return file.get(I64, skip(Long.BYTES));
    }

    /** A number of things that take at least {@code bytes} each. */
    int count(int bytes, String things) {
        long count = int64();
        if (count < 0 || count > Integer.MAX_VALUE || count > (file.byteSize() - at) / bytes) {
            throw damaged("states " + Long.toUnsignedString(count) + " " + things + ", more than it has room for");
        }
        return (int) count;
    }

    /** A key or a tensor's name. */
    String name() {
        String name = text(string());
        if (name.isEmpty() || name.length() > MAX_NAME) {
            throw damaged("has a name of " + name.length() + " characters");
        }
        return name;
    }

    private MemorySegment string() {
        int length = count(1, "characters");
        return file.asSlice(skip(length), length);
    }

    private String text(MemorySegment utf8) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(utf8.asByteBuffer())
                    .toString();
        } catch (CharacterCodingException e) {
            throw damaged("has a text that is not UTF-8");
        }
    }

    /** A Long, a Double, a Boolean, a String or a {@link GgufArray}. */
    Object value() {
        GgufType type = type();
        return switch (type) {
            case STRING -> text(string());
            case ARRAY -> array();
            default -> scalar(type, file, skip(type.bytes));
        };
    }

    private GgufType type() {
        int number = int32();
        return GgufType.find(number)
                .orElseThrow(() -> damaged("has a value of the unknown type " + Integer.toUnsignedString(number)));
    }

    private GgufArray array() {
        GgufType element = type();
        if (element == GgufType.ARRAY) {
            throw damaged("has an array of arrays");
        }
        int size = count(element.bytes, "elements of an array");
        long start = at;
        if (element == GgufType.STRING) {
            for (int i = 0; i < size; i++) {
                string();
            }
        } else {
            skip((long) size * element.bytes);
        }
        return new GgufArray(element, size, file.asSlice(start, at - start));
    }

    static Object scalar(GgufType type, MemorySegment data, long at) {
        return switch (type) {
            case UINT8 -> data.get(ValueLayout.JAVA_BYTE, at) & 0xFFL;
            case INT8 -> (long) data.get(ValueLayout.JAVA_BYTE, at);
            case UINT16 -> data.get(I16, at) & 0xFFFFL;
            case INT16 -> (long) data.get(I16, at);
            case UINT32 -> data.get(I32, at) & 0xFFFF_FFFFL;
            case INT32 -> (long) data.get(I32, at);
            case UINT64, INT64 -> data.get(I64, at);
            case FLOAT32 -> (double) data.get(F32, at);
            case FLOAT64 -> data.get(F64, at);
            case BOOL -> data.get(ValueLayout.JAVA_BYTE, at) != 0;
            case STRING, ARRAY -> throw new IllegalArgumentException(type + " has no fixed size");
        };
    }

    private long skip(long bytes) {
        if (bytes > file.byteSize() - at) {
            throw damaged("ends inside its header");
        }
        long start = at;
        at += bytes;
        return start;
    }

    ModelFormatException damaged(String what) {
        return new ModelFormatException(file() + " " + what, "it is no intact GGUF file, fetch it again");
    }
}
