package dev.matryoshka.engine.weights;

/**
 * A mapped table of which a cache keeps dequantised rows.
 *
 * @param budgetBytes most the cache may hold
 * @param heldBytes what it holds
 * @param hits rows asked for that it had
 * @param misses rows asked for that it had not
 * @param storedRowBytes of a row in the table
 * @param tableBytes mapped
 * @param residentBytes of these in memory now, in whole pages; -1 where it can't be told
 */
public record TableStatus(
        long budgetBytes,
        long heldBytes,
        long hits,
        long misses,
        long storedRowBytes,
        long tableBytes,
        long residentBytes) {
    /** Share of the rows asked for that the cache had, 0 before any. */
    public double hitRate() {
        return hits + misses == 0 ? 0 : (double) hits / (hits + misses);
    }

    /** Bytes of the table that a token reads on average, 0 before any. */
    public double readBytesPerToken() {
        return hits + misses == 0 ? 0 : (1 - hitRate()) * storedRowBytes;
    }
}
