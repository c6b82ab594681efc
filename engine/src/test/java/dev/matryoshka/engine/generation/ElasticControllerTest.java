package dev.matryoshka.engine.generation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.engine.config.KvReuse;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.config.PublishedModels;
import dev.matryoshka.engine.config.SliceCatalog;
import dev.matryoshka.engine.config.TextConfig;
import dev.matryoshka.engine.generation.SliceLadder.Rung;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The controller on a machine that is simulated: a token takes its slice's cost over the machine's speed. */
class ElasticControllerTest {
    private static final TextConfig E4B = PublishedModels.textOnly("E4B").text();
    private static final MatFormerSlice WHOLE = MatFormerSlice.whole(E4B);

    /** Costs 100, 90, … 50. */
    private static final List<Rung> RUNGS = IntStream.range(0, 6)
            .mapToObj(i -> new Rung(new MatFormerSlice("r" + i, Set.of(), List.of()), 100 - 10 * i))
            .toList();

    private final Random noise = new Random(7);
    private final ElasticController controller = new ElasticController(RUNGS, 10);
    private int changes;

    /** Runs tokens; returns tokens/s over the last half of them. */
    private double run(int tokens, double costPerSecond, double jitter) {
        double late = 0;
        for (int i = 0; i < tokens; i++) {
            double cost = RUNGS.get(rung()).cost();
            double seconds = cost / costPerSecond * (1 + jitter * (2 * noise.nextDouble() - 1));
            late += i >= tokens / 2 ? seconds : 0;
            changes += controller.afterToken(seconds) == null ? 0 : 1;
        }
        return (tokens - tokens / 2) / late;
    }

    private int rung() {
        return Integer.parseInt(controller.slice().name().substring(1));
    }

    @Test
    void aFastMachineNeedsNothing() {
        run(100, 1200, 0.1);
        assertEquals(0, rung());
        assertEquals(0, changes);
    }

    @Test
    void underLoadItNarrowsAtOnceAndAfterwardsWidensAgain() {
        run(50, 1200, 0);
        double reached = run(12, 700, 0); // would be 7 tokens/s
        assertTrue(reached >= 9.5, "reached " + reached);
        assertTrue(rung() >= 3, "rung " + rung());
        int narrowing = changes;
        assertTrue(narrowing <= 3, narrowing + " changes");
        run(60, 1200, 0);
        assertEquals(0, rung());
        assertTrue(changes - narrowing <= 5, changes + " changes");
    }

    @Test
    void whatCannotBeReachedEndsAtTheNarrowest() {
        double reached = run(20, 300, 0);
        assertEquals(5, rung());
        assertEquals(6, reached, 0.1);
    }

    @ParameterizedTest
    @ValueSource(doubles = {720, 800, 880, 950})
    void jitterMakesItNotFlutter(double speed) {
        run(50, speed, 0.15);
        changes = 0;
        double reached = run(400, speed, 0.15);
        assertTrue(changes <= 4, changes + " changes");
        assertTrue(reached > 9.3, "reached " + reached);
    }

    @Test
    void aSingleSlowTokenIsForgiven() {
        run(20, 1200, 0);
        controller.afterToken(0.2);
        run(20, 1200, 0);
        assertEquals(0, changes);
    }

    @Test
    void theLadderOfE4bEndsAtE2b() {
        List<Rung> all = SliceLadder.below(WHOLE, E4B, false);
        List<Rung> exact = SliceLadder.below(WHOLE, E4B, true);
        assertEquals(6, all.size());
        assertEquals(all.subList(0, 4), exact);
        exact.forEach(r -> assertEquals(KvReuse.EXACT, r.slice().reuse(WHOLE, E4B)));
        all.forEach(r -> r.slice().check(E4B));
        for (int i = 1; i < all.size(); i++) {
            assertTrue(all.get(i).cost() < all.get(i - 1).cost());
        }
        MatFormerSlice e2b = new SliceCatalog(E4B, null).find("E2B");
        MatFormerSlice last = all.getLast().slice();
        assertEquals(e2b.skip(), last.skip());
        assertEquals(e2b.ffn(), last.ffn());
        assertEquals(
                List.of(e2b),
                List.of(SliceLadder.below(e2b, E4B, false).getFirst().slice()));
        assertEquals(1, SliceLadder.below(e2b, E4B, false).size());
    }
}
