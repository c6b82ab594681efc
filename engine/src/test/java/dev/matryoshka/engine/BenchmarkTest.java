package dev.matryoshka.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.engine.config.KvReuse;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.config.TextConfig;
import dev.matryoshka.engine.error.InvalidRequestException;
import dev.matryoshka.engine.support.Golden;
import dev.matryoshka.engine.weights.Tensor;
import dev.matryoshka.engine.weights.WeightSource;
import dev.matryoshka.engine.weights.Weights;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the benchmark says about memory and traffic, counted here from the files. */
class BenchmarkTest {
    private static final Benchmark.Settings SMALL = new Benchmark.Settings(5, 4, 2);

    @Test
    void countsWhatATokenReads() {
        try (Gemma3n gemma = load(LoadOptions.named("tiny"));
                WeightSource files = Weights.open(Golden.path("tiny-text"))) {
            Benchmark.Report report = Benchmark.run(gemma, SMALL);
            TextConfig config = gemma.config().text();
            long weights = weights(files);
            assertEquals(weights, report.deviceBytes().get("weights"));
            double unread = 0;
            for (int layer = 0; layer < config.numHiddenLayers(); layer++) {
                unread += config.activationSparsityPattern().get(layer)
                        * bytes(files, "layers." + layer + ".mlp.up_proj.weight");
            }
            assertTrue(unread > 0);
            double positions = 7.5; // the tokens at 5, 6, 7 and 8, each with those before it
            long cache = (long) (positions * 2 * config.numKeyValueHeads() * config.headDim() * Float.BYTES);
            double expected = weights - unread + config.numHiddenLayers() * cache;
            assertEquals(expected, (double) report.bytesPerToken(), config.numHiddenLayers());
        }
    }

    @Test
    void aSliceReadsLess() {
        try (Gemma3n whole = load(LoadOptions.named("tiny"));
                Gemma3n cut = load(LoadOptions.named("tiny").withSlice(BenchmarkTest::half))) {
            long all = Benchmark.run(whole, SMALL).bytesPerToken();
            assertTrue(Benchmark.run(cut, SMALL).bytesPerToken() < all);
        }
    }

    @Test
    void memoryIsGivenBack() {
        try (Gemma3n gemma = load(LoadOptions.named("tiny"))) {
            Benchmark.Report report = Benchmark.run(gemma, SMALL);
            assertTrue(report.deviceBytes().getOrDefault("kv", 0L) > 0);
            assertTrue(report.deviceBytes().getOrDefault("activations", 0L) > 0);
            assertEquals(0, gemma.backend().memory().get("kv"));
            assertEquals(0, gemma.backend().memory().get("activations"));
            assertTrue(report.prefillTokensPerSecond() > 0);
            assertTrue(report.decodeTokensPerSecond() > 0);
            assertTrue(report.readBytesPerSecond() > 100e6, "" + report.readBytesPerSecond());
        }
    }

    @Test
    void changesThereAndBack() {
        try (Gemma3n gemma = load(LoadOptions.named("tiny"))) {
            TextConfig config = gemma.config().text();
            MatFormerSlice whole = MatFormerSlice.whole(config);
            for (MatFormerSlice other : List.of(half(config), skipsLast(config))) {
                List<SwitchBenchmark.Direction> both = SwitchBenchmark.run(gemma, whole, other, 5, 2);
                assertEquals(
                        List.of("whole", other.name()),
                        both.stream().map(d -> d.from()).toList());
                for (SwitchBenchmark.Direction d : both) {
                    assertEquals(0, d.uploadedBytes());
                    assertTrue(d.switchMs() > 0 && d.firstTokenMs() > 0 && d.tokenMs() > 0, d.toString());
                    assertEquals(d.kv() == KvReuse.EXACT, d.again() == null);
                    assertEquals(other.name().equals("half") ? KvReuse.APPROXIMATE : KvReuse.EXACT, d.kv());
                }
            }
            assertEquals(0, gemma.backend().memory().get("kv"));
        }
    }

    @Test
    void elasticDecodingNarrowsWhereTheTargetIsOutOfReach() {
        try (Gemma3n gemma = load(LoadOptions.named("tiny"))) {
            List<ElasticBenchmark.Phase> phases = ElasticBenchmark.run(gemma, new Elastic.Speed(1e6, true), 5, 12);
            assertEquals(3, phases.size());
            assertEquals(0, phases.getFirst().competingThreads());
            assertTrue(phases.get(1).competingThreads() > 0);
            for (ElasticBenchmark.Phase phase : phases) {
                assertEquals("whole", phase.slices().getFirst().slice().name());
                assertEquals(2, phase.slices().size(), phase.toString());
                assertTrue(phase.slices().stream().noneMatch(Answer.SliceUse::approximate));
            }
            ElasticBenchmark.Phase easy = ElasticBenchmark.run(gemma, new Elastic.Speed(1e-3, true), 5, 12)
                    .getFirst();
            assertEquals(1, easy.slices().size());
            assertTrue(easy.elasticTokensPerSecond() > 1 && easy.fixedTokensPerSecond() > 1, easy.toString());
        }
    }

    private static MatFormerSlice skipsLast(TextConfig config) {
        return new MatFormerSlice("skips last", Set.of(config.numHiddenLayers() - 1), config.intermediateSize());
    }

    @Test
    void impossibleSettings() {
        assertThrows(InvalidRequestException.class, () -> new Benchmark.Settings(0, 1, 1));
        try (Gemma3n gemma = load(LoadOptions.named("tiny"))) {
            Benchmark.Settings endless = new Benchmark.Settings(Integer.MAX_VALUE, Integer.MAX_VALUE, 1);
            assertThrows(InvalidRequestException.class, () -> Benchmark.run(gemma, endless));
        }
    }

    private static Gemma3n load(LoadOptions options) {
        return Gemma3n.load(Golden.path("tiny-text"), options);
    }

    private static MatFormerSlice half(TextConfig config) {
        List<Integer> widths =
                config.intermediateSize().stream().map(width -> width / 2).toList();
        return new MatFormerSlice("half", Set.of(config.numHiddenLayers() - 1), widths);
    }

    /** All but the table that the host reads. */
    private static long weights(WeightSource files) {
        return files.shapes().keySet().stream()
                .filter(name -> !name.contains("embed_tokens_per_layer"))
                .mapToLong(name -> bytes(files, name))
                .sum();
    }

    private static long bytes(WeightSource files, String end) {
        String full = files.shapes().keySet().stream()
                .filter(name -> name.endsWith(end))
                .findFirst()
                .orElseThrow();
        Tensor tensor = Objects.requireNonNull(files.find(full));
        return tensor.data().byteSize();
    }
}
