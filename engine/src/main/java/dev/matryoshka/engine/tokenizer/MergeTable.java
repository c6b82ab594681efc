package dev.matryoshka.engine.tokenizer;

import java.util.Arrays;

/**
 * Pairs of ids that merge, by rank (lower ranks merge first), and the id that each becomes. Filled first, then
 * {@link #index}ed.
 */
final class MergeTable {
    private long[] pairs = new long[1 << 10];
    private int[] results = new int[1 << 10];
    private int size;
    private int[] slots = {0}; // rank + 1, 0 where free

    /** Adds the merge of the next rank. */
    void add(int left, int right, int result) {
        if (size == pairs.length) {
            pairs = Arrays.copyOf(pairs, 2 * size);
            results = Arrays.copyOf(results, 2 * size);
        }
        pairs[size] = pair(left, right);
        results[size++] = result;
    }

    /** Makes pairs findable; of a pair that was added twice, the last counts (as in the tokenizers library). */
    void index() {
        pairs = Arrays.copyOf(pairs, size);
        results = Arrays.copyOf(results, size);
        slots = new int[2 * Integer.highestOneBit(Math.max(1, 2 * size - 1))]; // half full or less
        for (int rank = 0; rank < size; rank++) {
            slots[slot(pairs[rank])] = rank + 1;
        }
    }

    private static long pair(int left, int right) {
        return (long) left << 32 | right;
    }

    private int slot(long pair) {
        int slot = (int) (pair * 0x9E3779B97F4A7C15L >>> 32) & slots.length - 1;
        while (slots[slot] != 0 && pairs[slots[slot] - 1] != pair) {
            slot = slot + 1 & slots.length - 1;
        }
        return slot;
    }

    /** The rank of the merge of a pair, or -1. */
    int rank(int left, int right) {
        return slots[slot(pair(left, right))] - 1;
    }

    /** The left part of the merge of a rank. */
    int left(int rank) {
        return (int) (pairs[rank] >>> 32);
    }

    /** The right part of the merge of a rank. */
    int right(int rank) {
        return (int) pairs[rank];
    }

    /** Whether another has the same merges in the same order. */
    boolean equalTo(MergeTable other) {
        return Arrays.equals(pairs, other.pairs) && Arrays.equals(results, other.results);
    }

    /** What the merge of a rank gives. */
    int result(int rank) {
        return results[rank];
    }

    /** How many merges there are. */
    int size() {
        return size;
    }
}
