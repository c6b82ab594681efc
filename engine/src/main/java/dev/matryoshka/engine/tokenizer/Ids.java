package dev.matryoshka.engine.tokenizer;

import java.util.Arrays;

/** A growing list of ids. */
final class Ids {
    private int[] items;
    private int size;

    Ids(int capacity) {
        items = new int[Math.max(1, capacity)];
    }

    void add(int id) {
        if (size == items.length) {
            items = Arrays.copyOf(items, 2 * size);
        }
        items[size++] = id;
    }

    void add(int[] ids) {
        if (size + ids.length > items.length) {
            items = Arrays.copyOf(items, Math.max(2 * items.length, size + ids.length));
        }
        System.arraycopy(ids, 0, items, size, ids.length);
        size += ids.length;
    }

    void clear() {
        size = 0;
    }

    void truncate(int to) {
        size = to;
    }

    int size() {
        return size;
    }

    /** The backing array, longer than {@link #size}. */
    int[] array() {
        return items;
    }

    int[] toArray() {
        return Arrays.copyOf(items, size);
    }
}
