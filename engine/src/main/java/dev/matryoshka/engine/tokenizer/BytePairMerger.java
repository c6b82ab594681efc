package dev.matryoshka.engine.tokenizer;

import java.util.Arrays;

/**
 * Byte-pair encoding of one text: symbols in a linked list, mergeable neighbours in a heap by rank and then position, so
 * that a text of n characters takes n log n ({@code Word::merge_all} of the tokenizers library).
 */
final class BytePairMerger {
    private final MergeTable merges;
    private final int[] ids;
    private final int[] next;
    private final int[] previous;
    private final LongHeap heap = new LongHeap();

    private BytePairMerger(MergeTable merges, int[] symbols, int count) {
        this.merges = merges;
        ids = symbols;
        next = new int[count];
        previous = new int[count];
        for (int i = 0; i < count; i++) {
            next[i] = i + 1 < count ? i + 1 : -1;
            previous[i] = i - 1;
        }
    }

    /** Merges the first {@code count} symbols as far as they go. */
    static int[] merge(MergeTable merges, int[] symbols, int count) {
        return count == 0 ? new int[0] : new BytePairMerger(merges, symbols, count).run(count);
    }

    private int[] run(int count) {
        for (int i = 0; i + 1 < count; i++) {
            offer(i);
        }
        while (!heap.isEmpty()) {
            long top = heap.remove();
            int at = (int) top;
            int right = ids[at] < 0 ? -1 : next[at];
            if (right < 0) {
                continue; // swallowed, or the last one by now
            }
            int rank = merges.rank(ids[at], ids[right]);
            if (rank != (int) (top >>> 32)) {
                continue; // one of the two has changed since
            }
            ids[at] = merges.result(rank);
            ids[right] = -1;
            next[at] = next[right];
            if (next[at] >= 0) {
                previous[next[at]] = at;
                offer(at);
            }
            if (previous[at] >= 0) {
                offer(previous[at]);
            }
        }
        return Arrays.stream(ids, 0, count).filter(id -> id >= 0).toArray();
    }

    private void offer(int at) {
        int rank = merges.rank(ids[at], ids[next[at]]);
        if (rank >= 0) {
            heap.add((long) rank << 32 | at);
        }
    }
}
