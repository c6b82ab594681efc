package dev.matryoshka.app.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.engine.ModelSlices;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.error.InvalidSliceException;
import dev.matryoshka.engine.weights.DType;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** On the published shape, with qualities that have a known best. */
class SliceSearchTest {
    private final ModelSlices costs = ModelSlices.ofPublished("E4B", DType.Q4_0, null);
    private final MatFormerSlice whole = MatFormerSlice.whole(costs.config());
    private final Set<MatFormerSlice> tried = new HashSet<>();

    private long bytes(MatFormerSlice slice) {
        return costs.custom(slice).deviceBytes();
    }

    @Test
    void layersThatMatterMostStayWide() {
        long budget = (bytes(whole) + bytes(MatFormerSlice.uniform("half", costs.config(), 0.5))) / 2;
        Set<Integer> precious = Set.of(0, 7, 20, 34);
        MatFormerSlice found = new SliceSearch(costs, slice -> {
                    tried.add(slice);
                    return IntStream.range(0, slice.ffn().size())
                            .mapToDouble(i -> (precious.contains(i) ? 100 : 1)
                                    * Math.sqrt(slice.ffn().get(i)))
                            .sum();
                })
                .find("found", budget);
        found.check(costs.config());
        assertTrue(bytes(found) <= budget);
        assertTrue(bytes(found) > 0.97 * budget, "gives up more than it must");
        precious.forEach(
                layer -> assertEquals(whole.ffn().get(layer), found.ffn().get(layer)));
        assertTrue(tried.size() < 500, () -> tried.size() + " slices were tried, of 2450 without laziness");
    }

    @Test
    void theWholeFitsWhereThereIsRoom() {
        MatFormerSlice found = new SliceSearch(costs, slice -> 0).find("found", Long.MAX_VALUE);
        assertEquals(whole.ffn(), found.ffn());
    }

    @Test
    void whatCanNotBeIsSaid() {
        SliceSearch search = new SliceSearch(costs, slice -> 0);
        InvalidSliceException e = assertThrows(InvalidSliceException.class, () -> search.find("found", 1000));
        assertTrue(e.problem().startsWith("no slice takes 0.0 MB or less, the smallest takes "), e::problem);
    }
}
