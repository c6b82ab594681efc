package dev.matryoshka.engine.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RowCacheTest {
    private static final int COLUMNS = 8;
    private static final long ROW = COLUMNS * Float.BYTES;

    @Test
    void keepsNoMoreThanTheBudget() {
        RowCache cache = new RowCache(COLUMNS, 10 * ROW + 1);
        for (int id = 0; id < 100; id++) {
            cache.put(id, row(id));
            assertTrue(cache.status().heldBytes() <= 10 * ROW, cache.status().toString());
        }
        assertEquals(10 * ROW, cache.status().heldBytes());
        cache.budget(3 * ROW);
        assertEquals(3 * ROW, cache.status().heldBytes());
        cache.budget(0);
        cache.put(1, row(1));
        assertEquals(0, cache.status().heldBytes());
        assertNull(cache.get(1));
    }

    @Test
    void givesBackWhatWasPutAndCounts() {
        RowCache cache = new RowCache(COLUMNS, 10 * ROW);
        float[] row = row(7);
        assertNull(cache.get(7));
        cache.put(7, row);
        assertSame(row, cache.get(7));
        assertEquals(1, cache.status().hits());
        assertEquals(1, cache.status().misses());
    }

    /** A crowd that is asked for once passes through the small queue and leaves the others alone. */
    @Test
    void whatIsAskedForOftenOutlivesACrowd() {
        RowCache cache = new RowCache(COLUMNS, 20 * ROW);
        for (int id = 0; id < 10; id++) {
            cache.put(id, row(id));
            assertNotNull(cache.get(id));
        }
        for (int id = 1000; id < 2000; id++) {
            cache.put(id, row(id));
        }
        for (int id = 0; id < 10; id++) {
            assertNotNull(cache.get(id), "row " + id);
        }
    }

    /** Words of a language: few often, many seldom. The cache must do better than keeping the last ones. */
    @Test
    void beatsFirstInFirstOutOnSkewedIds() {
        int rows = 64;
        RowCache cache = new RowCache(COLUMNS, rows * ROW);
        LinkedHashSet<Integer> queue = new LinkedHashSet<>();
        Random random = new Random(1);
        int plain = 0;
        for (int i = 0; i < 20_000; i++) {
            int id = (int) (Math.pow(4000, random.nextDouble()) - 1); // as Zipf has it
            if (cache.get(id) == null) {
                cache.put(id, row(id));
            }
            if (queue.contains(id)) {
                plain++;
            } else {
                queue.add(id);
                if (queue.size() > rows) {
                    queue.removeFirst();
                }
            }
        }
        assertTrue(cache.status().hits() > 1.08 * plain, cache.status().hits() + " against " + plain);
    }

    private static float[] row(int id) {
        float[] row = new float[COLUMNS];
        row[0] = id;
        return row;
    }
}
