package dev.matryoshka.engine.weights.gguf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.Consumer;

/**
 * An array of metadata where its file is mapped.
 *
 * @param element type of its elements, never {@link GgufType#ARRAY}
 * @param size how many there are
 * @param data their bytes, checked already
 */
record GgufArray(GgufType element, int size, MemorySegment data) {
    /** An element of fixed size: a Long, a Double or a Boolean. */
    Object get(int index) {
        return GgufCursor.scalar(element, data, (long) index * element.bytes);
    }

    /** Hands over each string in turn, in UTF-8. */
    void strings(Consumer<byte[]> consumer) {
        long at = 0;
        for (int i = 0; i < size; i++) {
            long length = data.get(GgufCursor.I64, at);
            consumer.accept(data.asSlice(at + Long.BYTES, length).toArray(ValueLayout.JAVA_BYTE));
            at += Long.BYTES + length;
        }
    }
}
