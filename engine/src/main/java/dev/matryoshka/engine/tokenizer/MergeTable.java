package dev.matryoshka.engine.tokenizer;

import java.util.Arrays;

/** Pairs of ids that merge: their rank (low merges first) and the id they become. */
final class MergeTable {
    private static final long FREE = -1;

    private long[] keys = filled(1 << 12);
    private int[] ranks = new int[1 << 12];
    private int[] results = new int[1 << 12];
    private int size;

    private static long[] filled(int length) {
        long[] keys = new long[length];
        Arrays.fill(keys, FREE);
        return keys;
    }

    /** Adds a merge; one that is there already keeps its rank. */
    void add(int left, int right, int rank, int result) {
        if (2 * size >= keys.length) {
            grow();
        }
        int slot = slot(key(left, right));
        if (keys[slot] == FREE) {
            keys[slot] = key(left, right);
            ranks[slot] = rank;
            results[slot] = result;
            size++;
        }
    }

    private void grow() {
        long[] oldKeys = keys;
        int[] oldRanks = ranks;
        int[] oldResults = results;
        keys = filled(2 * oldKeys.length);
        ranks = new int[keys.length];
        results = new int[keys.length];
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldKeys[i] != FREE) {
                int slot = slot(oldKeys[i]);
                keys[slot] = oldKeys[i];
                ranks[slot] = oldRanks[i];
                results[slot] = oldResults[i];
            }
        }
    }

    private static long key(int left, int right) {
        return (long) left << 32 | right;
    }

    private int slot(long key) {
        int slot = (int) (key * 0x9E3779B97F4A7C15L >>> 32) & (keys.length - 1);
        while (keys[slot] != FREE && keys[slot] != key) {
            slot = (slot + 1) & (keys.length - 1);
        }
        return slot;
    }

    /** A handle of the merge of a pair for {@link #rank} and {@link #result}, or -1. */
    int find(int left, int right) {
        int slot = slot(key(left, right));
        return keys[slot] == FREE ? -1 : slot;
    }

    int rank(int merge) {
        return ranks[merge];
    }

    int result(int merge) {
        return results[merge];
    }
}
