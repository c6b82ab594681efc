package dev.matryoshka.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.engine.error.InvalidRequestException;
import dev.matryoshka.engine.support.Golden;
import dev.matryoshka.engine.text.PerLayerEmbeddings;
import dev.matryoshka.engine.weights.TableStatus;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The cache of per-layer rows: the same numbers whatever it holds, and honest counts. */
class PerLayerTableTest {
    private final Gemma3n gemma = Gemma3n.load(Golden.path("tiny-text"), LoadOptions.named("tiny"));
    private final PerLayerEmbeddings table = gemma.decoder().perLayerEmbeddings();

    @AfterEach
    void close() {
        gemma.close();
    }

    @Test
    void rowsAreTheSameWithAndWithoutAndFromSeveralThreads() {
        int[] ids = new SplittableRandom(1)
                .ints(600, 0, gemma.config().text().vocabSize() + 5) // soft tokens too
                .toArray();
        gemma.budgetPerLayerCache(0);
        float[] expected = table.gather(ids);
        assertEquals(0, gemma.perLayerTable().heldBytes());
        for (long budget : List.of(5_000L, 20_000L, 1L << 20)) {
            gemma.budgetPerLayerCache(budget);
            List<float[]> all = IntStream.range(0, 64)
                    .parallel()
                    .mapToObj(i -> table.gather(ids))
                    .toList();
            all.forEach(rows -> assertArrayEquals(expected, rows));
            TableStatus status = gemma.perLayerTable();
            assertTrue(status.heldBytes() > 0 && status.heldBytes() <= budget, status.toString());
        }
    }

    @Test
    void hitsAndMissesAreCounted() {
        table.gather(new int[] {3, 4, 3});
        table.gather(new int[] {4, 5});
        TableStatus status = gemma.perLayerTable();
        assertEquals(1, status.hits(), status.toString());
        assertEquals(4, status.misses(), status.toString());
        assertEquals(0.2, status.hitRate(), 1e-9);
        assertEquals(0.8 * status.storedRowBytes(), status.readBytesPerToken(), 1e-6);
        assertEquals(status.tableBytes() / gemma.config().text().vocabSize(), status.storedRowBytes());
        assertThrows(InvalidRequestException.class, () -> gemma.budgetPerLayerCache(-1));
    }

    /** Where the kernel tells: a table that was read is in memory. */
    @Test
    void whatWasReadIsResident() {
        table.gather(IntStream.range(0, gemma.config().text().vocabSize()).toArray());
        TableStatus status = gemma.perLayerTable();
        assertTrue(status.residentBytes() == -1 || status.residentBytes() >= status.tableBytes(), status.toString());
    }
}
