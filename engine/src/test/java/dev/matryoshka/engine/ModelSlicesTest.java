package dev.matryoshka.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.support.Golden;
import dev.matryoshka.engine.weights.DType;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a slice is said to cost, beside what it costs. */
class ModelSlicesTest {
    @TempDir
    private Path none = Path.of("");

    @Test
    void deviceBytesAreThoseThatLoadingTakes() {
        SliceInfo whole = ModelSlices.of(Golden.path("tiny-text"), none).named().getFirst();
        try (Gemma3n gemma = Gemma3n.load(Golden.path("tiny-text"), LoadOptions.named("tiny"))) {
            assertEquals(gemma.backend().memory().get("weights"), whole.deviceBytes());
            assertEquals(gemma.info().effectiveParameters(), whole.effectiveParameters());
        }
    }

    @Test
    void halfOfTheFeedForwardBlocks() {
        List<SliceInfo> slices = ModelSlices.of(Golden.path("tiny-text"), none).named();
        assertEquals(
                List.of("half"),
                slices.stream().skip(1).map(s -> s.slice().name()).toList());
        long cut = 10 * 3 * 64 * 64L;
        assertEquals(
                slices.getFirst().effectiveParameters() - cut, slices.getLast().effectiveParameters());
        assertEquals(slices.getFirst().deviceBytes() - 2 * cut, slices.getLast().deviceBytes());
    }

    @Test
    void publishedSizesFitTheirMemory() {
        List<SliceInfo> slices =
                ModelSlices.ofPublished("E4B", DType.Q4_0, none).named();
        assertEquals(18, slices.size());
        SliceInfo e2b = slices.stream()
                .filter(s -> s.slice().name().equals("E2B"))
                .findFirst()
                .orElseThrow();
        assertEquals(50.9, e2b.mmlu());
        assertEquals(List.of("half", "E2.49-block"), e2b.sharesKvWith());
        assertTrue(e2b.deviceBytes() < 2e9 && slices.getFirst().deviceBytes() < 3e9, e2b.toString());
    }

    @Test
    void aSliceOfNoNameCostsWhatItsTwinWithANameDoes() {
        ModelSlices slices = ModelSlices.of(Golden.path("tiny-text"), null);
        SliceInfo half = slices.named().getLast();
        SliceInfo made = slices.custom(new MatFormerSlice(
                "made by hand", half.slice().skip(), half.slice().ffn()));
        assertEquals(half.effectiveParameters(), made.effectiveParameters());
        assertEquals(half.deviceBytes(), made.deviceBytes());
        assertEquals(List.of("half"), made.sharesKvWith());
        assertNull(made.mmlu());
    }
}
