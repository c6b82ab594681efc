package dev.matryoshka.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.engine.support.Golden;
import dev.matryoshka.engine.weights.DType;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a slice is said to cost, beside what it costs. */
class SliceInfoTest {
    @TempDir
    private Path none = Path.of("");

    @Test
    void deviceBytesAreThoseThatLoadingTakes() {
        SliceInfo whole = SliceInfo.of(Golden.path("tiny-text"), none).getFirst();
        try (Gemma3n gemma = Gemma3n.load(Golden.path("tiny-text"), LoadOptions.named("tiny"))) {
            assertEquals(gemma.backend().memory().get("weights"), whole.deviceBytes());
            assertEquals(gemma.info().effectiveParameters(), whole.effectiveParameters());
        }
    }

    @Test
    void halfOfTheFeedForwardBlocks() {
        List<SliceInfo> slices = SliceInfo.of(Golden.path("tiny-text"), none);
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
        List<SliceInfo> slices = SliceInfo.ofPublished("E4B", DType.Q4_0, none);
        assertEquals(18, slices.size());
        SliceInfo e2b = slices.stream()
                .filter(s -> s.slice().name().equals("E2B"))
                .findFirst()
                .orElseThrow();
        assertEquals(50.9, e2b.mmlu());
        assertEquals(List.of("half", "E2.49-block"), e2b.sharesKvWith());
        assertTrue(e2b.deviceBytes() < 2e9 && slices.getFirst().deviceBytes() < 3e9, e2b.toString());
    }
}
