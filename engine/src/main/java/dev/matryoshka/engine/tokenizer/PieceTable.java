package dev.matryoshka.engine.tokenizer;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Pieces by id and ids by piece. Looks up parts of character arrays, so that reading half a million merges makes no strings. */
final class PieceTable {
    private @Nullable String[] pieces = new String[1024];
    private int[] slots = new int[4096]; // id + 1, 0 where free
    private int size;
    private int count;

    /** Adds a piece; false where its id or its text is taken by another. */
    boolean add(String piece, int id) {
        if (id >= pieces.length) {
            pieces = Arrays.copyOf(pieces, Math.max(id + 1, 2 * pieces.length));
        }
        if (pieces[id] != null) {
            return pieces[id].equals(piece);
        }
        if (find(piece) >= 0) {
            return false;
        }
        pieces[id] = piece;
        size = Math.max(size, id + 1);
        if (2 * ++count > slots.length) {
            slots = new int[2 * slots.length];
            for (int i = 0; i < size; i++) {
                insert(i);
            }
        } else {
            insert(id);
        }
        return true;
    }

    private void insert(int id) {
        String piece = pieces[id];
        if (piece != null) {
            int slot = mix(piece.hashCode());
            while (slots[slot] != 0) {
                slot = (slot + 1) & (slots.length - 1);
            }
            slots[slot] = id + 1;
        }
    }

    private int mix(int hash) {
        return (hash * 0x9E3779B1 >>> 7) & (slots.length - 1);
    }

    /** Ids are below this. */
    int size() {
        return size;
    }

    /** How many ids have a piece. */
    int count() {
        return count;
    }

    /** The piece of an id, or null where there is none. */
    @Nullable
    String get(int id) {
        return id >= 0 && id < size ? pieces[id] : null;
    }

    /** The id of a piece, or -1. */
    int find(String piece) {
        for (int slot = mix(piece.hashCode()); slots[slot] != 0; slot = (slot + 1) & (slots.length - 1)) {
            if (piece.equals(pieces[slots[slot] - 1])) {
                return slots[slot] - 1;
            }
        }
        return -1;
    }

    /** The id of the piece {@code text[from, from + length)}, or -1. */
    int find(char[] text, int from, int length) {
        int hash = 0;
        for (int i = 0; i < length; i++) {
            hash = 31 * hash + text[from + i];
        }
        for (int slot = mix(hash); slots[slot] != 0; slot = (slot + 1) & (slots.length - 1)) {
            String piece = pieces[slots[slot] - 1];
            if (piece != null && equal(piece, text, from, length)) {
                return slots[slot] - 1;
            }
        }
        return -1;
    }

    private static boolean equal(String piece, char[] text, int from, int length) {
        if (piece.length() != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (piece.charAt(i) != text[from + i]) {
                return false;
            }
        }
        return true;
    }
}
