package dev.matryoshka.engine.text;

import dev.matryoshka.engine.config.TextConfig;
import dev.matryoshka.engine.weights.Pages;
import dev.matryoshka.engine.weights.TableStatus;
import dev.matryoshka.engine.weights.Tensor;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Rows of the per-layer embedding table, gathered on the CPU from the mapping in every backend: the table is half of
 * the checkpoint and a token needs layers * PLE width values of it. Rows of recent tokens are kept; the others are asked of
 * the kernel all at once and read in the order of the file, so that a cold disk is waited for once.
 */
public final class PerLayerEmbeddings {
    /** Bytes of rows that are kept where nobody says how many. */
    public static final long DEFAULT_BUDGET = 64L << 20;

    private final Tensor table;
    private final float scale;
    private final RowCache cache;

    PerLayerEmbeddings(Tensor table, TextConfig config) {
        this.table = table;
        this.scale = (float) Math.sqrt(config.hiddenSizePerLayerInput());
        cache = new RowCache(table.columns(), DEFAULT_BUDGET);
    }

    /** What it holds and how it did; counts the table's pages. */
    public TableStatus status() {
        RowCache.Status now = cache.status();
        return new TableStatus(
                now.budgetBytes(),
                now.heldBytes(),
                now.hits(),
                now.misses(),
                table.type().bytes(table.columns()),
                bytes(),
                Pages.resident(table.data()).orElse(-1));
    }

    /** Changes how many bytes of rows may be kept, 0 for none. From any thread. */
    public void budget(long bytes) {
        cache.budget(bytes);
    }

    /** Drops every kept row. */
    public void dropCached() {
        long budget = cache.status().budgetBytes();
        cache.budget(0);
        cache.budget(budget);
    }

    /** Drops the table from memory too, so that it is read from the disk again: for measuring. */
    public void forget() {
        dropCached();
        Pages.forget(table.data());
    }

    /** Size of the table. */
    public long bytes() {
        return table.data().byteSize();
    }

    /** The scaled rows of some ids, [ids, layers * PLE width]. Ids beyond the table (soft tokens) take row 0. From any thread. */
    public float[] gather(int[] ids) {
        int columns = table.columns();
        float[] rows = new float[ids.length * columns];
        Map<Integer, float[]> found = new HashMap<>();
        SortedSet<Integer> missing = new TreeSet<>();
        for (int id : ids) {
            float[] kept = cache.get(row(id));
            if (kept == null) {
                missing.add(row(id));
            } else {
                found.put(row(id), kept);
            }
        }
        if (missing.size() > 1) {
            missing.forEach(row -> Pages.willNeed(table.data().asSlice(at(row), at(1))));
        }
        for (int row : missing) {
            float[] values = new float[columns];
            Embeddings.copyRow(table, row, scale, values, 0);
            cache.put(row, values);
            found.put(row, values);
        }
        for (int i = 0; i < ids.length; i++) {
            System.arraycopy(Objects.requireNonNull(found.get(row(ids[i]))), 0, rows, i * columns, columns);
        }
        return rows;
    }

    private int row(int id) {
        return id < table.rows() ? id : 0;
    }

    private long at(int row) {
        return table.type().bytes((long) row * table.columns());
    }
}
