package dev.matryoshka.engine.text;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Dequantised rows of a table under a byte budget, from any thread. What is kept is decided by S3-FIFO (Yang, Zhang, Qiu, Yue and
 * Rashmi, "FIFO queues are all you need for cache eviction", SOSP 2023): new rows pass through a small queue, those asked for again there
 * go on to a large one, ids of the others are remembered for a while. On text in several languages it beats LRU.
 */
final class RowCache {
    private static final int SMALL_SHARE = 10; // one row of so many is on probation
    private static final int MOST_USES = 3;

    private final int rowBytes;
    private final LinkedHashMap<Integer, Row> small = new LinkedHashMap<>(); // oldest first, like all of these
    private final LinkedHashMap<Integer, Row> main = new LinkedHashMap<>();
    private final LinkedHashSet<Integer> ghosts = new LinkedHashSet<>();
    private long budget;
    private long hits;
    private long misses;

    private static final class Row {
        final float[] values;
        int uses;

        Row(float[] values) {
            this.values = values;
        }
    }

    /**
     * What it holds and how it did.
     *
     * @param budgetBytes most it may hold
     * @param heldBytes what it holds
     * @param hits rows asked for that were there
     * @param misses those that were not
     */
    record Status(long budgetBytes, long heldBytes, long hits, long misses) {}

    /** @param columns of a row, float32 */
    RowCache(int columns, long budget) {
        rowBytes = columns * Float.BYTES;
        this.budget = budget;
    }

    /** Changes the budget; rows over it are dropped now. */
    synchronized void budget(long bytes) {
        budget = bytes;
        evict(rows());
    }

    /** A row, not to be changed, or null. */
    synchronized float @Nullable [] get(int id) {
        Row row = small.get(id);
        row = row == null ? main.get(id) : row;
        if (row == null) {
            misses++;
            return null;
        }
        hits++;
        row.uses = Math.min(MOST_USES, row.uses + 1);
        return row.values;
    }

    /** Keeps a row that is not there. */
    synchronized void put(int id, float[] values) {
        if (rows() == 0 || small.containsKey(id) || main.containsKey(id)) {
            return;
        }
        evict(rows() - 1);
        (ghosts.remove(id) ? main : small).put(id, new Row(values));
    }

    synchronized Status status() {
        return new Status(budget, (long) held() * rowBytes, hits, misses);
    }

    private int rows() {
        return (int) Math.min(budget / rowBytes, 1 << 24);
    }

    private int held() {
        return small.size() + main.size();
    }

    /** Drops rows until no more than so many are left. */
    private void evict(int most) {
        while (held() > most) {
            boolean probation = main.isEmpty() || small.size() > Math.max(1, rows() / SMALL_SHARE);
            if (probation && !small.isEmpty()) {
                Map.Entry<Integer, Row> oldest = Objects.requireNonNull(small.pollFirstEntry());
                if (oldest.getValue().uses > 0) {
                    oldest.getValue().uses = 0;
                    main.put(oldest.getKey(), oldest.getValue());
                } else {
                    remember(oldest.getKey());
                }
            } else {
                Map.Entry<Integer, Row> oldest = Objects.requireNonNull(main.pollFirstEntry());
                if (oldest.getValue().uses-- > 0) { // round once more
                    main.put(oldest.getKey(), oldest.getValue());
                }
            }
        }
    }

    private void remember(int id) {
        ghosts.add(id);
        if (ghosts.size() > rows()) {
            ghosts.removeFirst();
        }
    }
}
