package dev.matryoshka.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.engine.support.Golden;
import dev.matryoshka.engine.support.TestDevice;
import dev.matryoshka.engine.weights.DType;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said of a model before it is loaded, against what is measured afterwards; on other devices too. */
class ModelDetailsTest {
    private static final int CONTEXT = 60;
    private static final int SHORT = 8;

    @ParameterizedTest
    @ValueSource(strings = {"tiny-text", "tiny-multimodal", "gguf/tiny-text-q4_0.gguf"})
    void predictsWhatABenchmarkMeasures(String model) {
        Path path = Golden.path(model);
        LoadOptions options = TestDevice.options("tiny");
        ModelDetails details = ModelDetails.of(path, options.device(), options.contextLimit());
        try (Gemma3n gemma = Gemma3n.load(path, options)) {
            Benchmark.Report report = Benchmark.run(gemma, new Benchmark.Settings(20, 4, 1));
            Map<String, Long> predicted = details.deviceBytes();
            Map<String, Long> measured = new HashMap<>(report.deviceBytes());
            measured.remove("staging");
            assertNear(total(measured), total(predicted), 5, "all");
            measured.forEach(
                    (purpose, bytes) -> // programs' own room counts more in a tiny model
                    assertNear(bytes, predicted.getOrDefault(purpose, 0L), 10, purpose));
            assertEquals(report.hostBytes().get("ple_mapped"), details.mappedBytes());
            assertEquals(gemma.info().parameters(), details.parameters());
            assertEquals(gemma.info().effectiveParameters(), details.effectiveParameters());
            assertEquals(gemma.info().imageTokens() > 0, details.pictures());
            assertEquals(gemma.info().audioTokens() > 0, details.sounds());
            assertEquals(gemma.info().device(), details.device());
        }
        assertNull(details.problem());
    }

    private static void assertNear(long measured, long predicted, int percent, String what) {
        assertTrue(
                Math.abs(measured - predicted) * 100 <= measured * percent,
                () -> what + ": " + predicted + " predicted, " + measured + " measured");
    }

    private static long total(Map<String, Long> bytes) {
        return bytes.values().stream().mapToLong(n -> n).sum();
    }

    @Test
    void towersAreCountedApart() {
        ModelDetails text = ModelDetails.of(Golden.path("tiny-text"), "cpu", CONTEXT);
        ModelDetails all = ModelDetails.of(Golden.path("tiny-multimodal"), "cpu", CONTEXT);
        assertEquals(0, text.towerBytes());
        assertTrue(all.towerBytes() > 0);
    }

    @Test
    void typesAreCountedTheMostFirst() {
        ModelDetails details = ModelDetails.of(Golden.path("gguf/tiny-text-q4_0.gguf"), "cpu", CONTEXT);
        assertEquals(DType.Q4_0, List.copyOf(details.types().keySet()).getFirst());
        assertTrue(details.types().containsKey(DType.F32), details.types().toString());
        long all = details.types().values().stream().mapToLong(n -> n).sum();
        assertTrue(all >= details.parameters());
    }

    @Test
    void aLongerContextTakesMore() {
        Path model = Golden.path("tiny-text");
        int limit = ModelDetails.of(model, "cpu", SHORT).contextLength();
        assertTrue(kv(model, SHORT) < kv(model, CONTEXT));
        assertTrue(kv(model, CONTEXT) < kv(model, limit));
        assertEquals(kv(model, limit), kv(model, Integer.MAX_VALUE));
    }

    private static long kv(Path model, int context) {
        return ModelDetails.of(model, "cpu", context).deviceBytes().getOrDefault("kv", 0L);
    }
}
