package dev.matryoshka.engine.sampling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.engine.error.ModelFormatException;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class SamplerTest {
    private static final float[] LOGITS = {1, 3, 2, 0, -1};
    private static final int DRAWS = 20_000;

    @Test
    void greedyTakesTheLikeliest() {
        assertEquals(1, new Sampler(settings(0, 0, 1, 0, 1)).next(LOGITS::clone, new int[0]));
    }

    @Test
    void topKTopPAndMinPBoundTheChoice() {
        assertEquals(Set.of(1, 2), drawn(settings(1, 2, 1, 0, 1)));
        assertEquals(Set.of(1, 2), drawn(settings(1, 0, 0.7f, 0, 1))); // .636 and .234
        assertEquals(Set.of(1), drawn(settings(1, 0, 0.6f, 0, 1)));
        assertEquals(Set.of(0, 1, 2), drawn(settings(1, 0, 1, 0.1f, 1))); // 1, .37, .135 and .05
        assertEquals(Set.of(0, 1, 2, 3, 4), drawn(settings(1, 0, 1, 0, 1)));
    }

    @Test
    void drawsFollowTheDistribution() {
        Sampler sampler = new Sampler(settings(2, 0, 1, 0, 1));
        int[] counts = new int[LOGITS.length];
        for (int i = 0; i < DRAWS; i++) {
            counts[sampler.next(LOGITS::clone, new int[0])]++;
        }
        double total = 0;
        for (float logit : LOGITS) {
            total += Math.exp(logit / 2);
        }
        for (int id = 0; id < LOGITS.length; id++) {
            assertEquals(Math.exp(LOGITS[id] / 2) / total, counts[id] / (double) DRAWS, 0.02);
        }
    }

    @Test
    void repetitionPenaltyCountsEachTokenOnce() {
        Sampler sampler = new Sampler(settings(0, 0, 1, 0, 2));
        assertEquals(2, sampler.next(LOGITS::clone, new int[] {1, 1, 1})); // 3 / 2 is below 2
        assertEquals(1, new Sampler(settings(0, 0, 1, 0, 1.2f)).next(LOGITS::clone, new int[] {1, 1}));
        float[] negative = {-1, -1.5f};
        assertEquals(1, sampler.next(() -> negative, new int[] {0})); // -1 * 2 is below -1.5
    }

    @Test
    void damagedWeightsAreSaidSo() {
        assertThrows(
                ModelFormatException.class,
                () -> new Sampler(settings(0, 0, 1, 0, 1)).next(() -> new float[] {1, Float.NaN}, new int[0]));
    }

    @Test
    void theSameSeedDrawsTheSame() {
        Sampler one = new Sampler(settings(1, 0, 1, 0, 1));
        Sampler two = new Sampler(settings(1, 0, 1, 0, 1));
        Set<Integer> seen = new TreeSet<>();
        for (int i = 0; i < 100; i++) {
            int id = one.next(LOGITS::clone, new int[0]);
            assertEquals(id, two.next(LOGITS::clone, new int[0]));
            seen.add(id);
        }
        assertTrue(seen.size() > 1);
    }

    private static Sampler.Settings settings(float temperature, int topK, float topP, float minP, float penalty) {
        return new Sampler.Settings(temperature, topK, topP, minP, penalty, 42);
    }

    private static Set<Integer> drawn(Sampler.Settings settings) {
        Sampler sampler = new Sampler(settings);
        Set<Integer> ids = new TreeSet<>();
        for (int i = 0; i < 2000; i++) {
            ids.add(sampler.next(LOGITS::clone, new int[0]));
        }
        return ids;
    }
}
