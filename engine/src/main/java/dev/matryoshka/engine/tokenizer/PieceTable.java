package dev.matryoshka.engine.tokenizer;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The vocabulary: pieces by id and ids by piece. The pieces lie in one array of UTF-8 and are found by parts of arrays,
 * so that 262,144 of them and half a million merges make no objects. Filled first, then {@link #index}ed.
 */
final class PieceTable {
    private static final int PACKED = 7;

    private byte[] bytes = new byte[1 << 16];
    private int used = 1; // so that no span is 0
    private long[] spans = new long[1 << 10]; // by id: from << 32 | to in bytes, 0 where there is no piece
    private int size;
    private int count;
    private long[] slots = {0, 0}; // a key and an id + 1, which is 0 where the slot is free

    /** Adds a piece; false where its id is taken. */
    boolean add(int id, byte[] text, int length) {
        if (id >= spans.length) {
            spans = Arrays.copyOf(spans, Math.max(id + 1, 2 * spans.length));
        }
        if (spans[id] != 0) {
            return false;
        }
        if (used + length >= bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(used + length + 1, 2 * bytes.length));
        }
        System.arraycopy(text, 0, bytes, used, length);
        spans[id] = (long) used << 32 | used + length;
        used += length + 1; // a zero between two, so that what is UTF-8 as a whole is UTF-8 piece by piece
        size = Math.max(size, id + 1);
        count++;
        return true;
    }

    /**
     * Makes pieces findable.
     *
     * @return the id of a piece that another has too, or -1
     * @throws CharacterCodingException the pieces are not UTF-8
     */
    int index() throws CharacterCodingException {
        bytes = Arrays.copyOf(bytes, used);
        spans = Arrays.copyOf(spans, size);
        StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
        slots = new long[4 * Integer.highestOneBit(Math.max(1, 2 * count - 1))]; // half full or less
        for (int id = 0; id < size; id++) {
            if (spans[id] == 0) {
                continue;
            }
            int from = from(spans[id]);
            int to = to(spans[id]);
            int slot = slot(bytes, from, to);
            if (slots[slot + 1] != 0) {
                return id;
            }
            slots[slot] = key(bytes, from, to);
            slots[slot + 1] = id + 1L;
        }
        return -1;
    }

    private static int from(long span) {
        return (int) (span >>> 32);
    }

    private static int to(long span) {
        return (int) span;
    }

    /** A short piece itself with its length in the top byte, or a hash, negative, of a longer one. */
    private static long key(byte[] text, int from, int to) {
        long key = 0;
        if (to - from <= PACKED) {
            for (int i = from; i < to; i++) {
                key = key << 8 | text[i] & 0xFF;
            }
            return key | (long) (to - from) << 56;
        }
        for (int i = from; i < to; i++) {
            key = (key ^ text[i]) * 0x9E3779B97F4A7C15L;
        }
        return key | Long.MIN_VALUE;
    }

    /** Where a piece stands, or the free place where it would. */
    private int slot(byte[] text, int from, int to) {
        long key = key(text, from, to);
        long mixed = key * 0x9E3779B97F4A7C15L;
        int slot = 2 * (int) (mixed >>> 32 ^ mixed >>> 52) & slots.length - 1;
        while (slots[slot + 1] != 0
                && (slots[slot] != key || key < 0 && !is((int) slots[slot + 1] - 1, text, from, to))) {
            slot = slot + 2 & slots.length - 1;
        }
        return slot;
    }

    /** Whether {@code text[from, to)} is the piece of an id. */
    boolean is(int id, byte[] text, int from, int to) {
        return id < size && spans[id] != 0 && Arrays.equals(bytes, from(spans[id]), to(spans[id]), text, from, to);
    }

    /** The id of the piece {@code text[from, to)} in UTF-8, or -1. */
    int find(byte[] text, int from, int to) {
        return (int) slots[slot(text, from, to) + 1] - 1;
    }

    /** The id of a piece, or -1. */
    int find(String piece) {
        byte[] utf8 = piece.getBytes(StandardCharsets.UTF_8);
        return find(utf8, 0, utf8.length);
    }

    /** The piece of an id, or null where there is none. */
    @Nullable
    String get(int id) {
        return id < 0 || id >= size || spans[id] == 0 ? null : new String(utf8(id), StandardCharsets.UTF_8);
    }

    /** The piece of an id below {@link #size}, empty where there is none. */
    byte[] utf8(int id) {
        return Arrays.copyOfRange(bytes, from(spans[id]), to(spans[id]));
    }

    /** Ids are below this. */
    int size() {
        return size;
    }
}
