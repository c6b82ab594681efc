package dev.matryoshka.engine.text;

import static dev.matryoshka.engine.support.Golden.assertClose;
import static dev.matryoshka.engine.support.Golden.assertCloseToRow;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.Program;
import dev.matryoshka.engine.backend.StepParams;
import dev.matryoshka.engine.backend.Workspace;
import dev.matryoshka.engine.cache.KvCache;
import dev.matryoshka.engine.config.ConfigReader;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.config.TextConfig;
import dev.matryoshka.engine.generation.DecoderSession;
import dev.matryoshka.engine.support.Golden;
import dev.matryoshka.engine.support.TestDevice;
import dev.matryoshka.engine.text.Decoder.Output;
import dev.matryoshka.engine.weights.SafetensorsFile;
import dev.matryoshka.engine.weights.WeightSource;
import dev.matryoshka.engine.weights.Weights;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The decoder against the reference implementation, whole and sliced, at once and step by step. */
class DecoderReferenceTest {
    private static final float TINY = 2e-3f;
    private static final float WIDE = 1e-2f;

    @ParameterizedTest
    @CsvSource({"tiny-text,1", "tiny-text,9", "tiny-text,40", "tiny-hot,9", "tiny-hot,40"})
    void everyLayerAndLogit(String folder, int tokens) {
        try (Model model = Model.open(folder);
                SafetensorsFile golden = Golden.open(folder + "/cases/text-" + tokens + ".safetensors")) {
            Trace trace = model.everyToken(Golden.ints(golden, "input_ids"), model.whole());
            trace.layers.forEach((layer, streams) -> {
                if (golden.find("layer." + layer) != null) {
                    assertClose("layer." + layer, Golden.floats(golden, "layer." + layer), streams, TINY);
                }
            });
            if (golden.find("final_norm") != null) {
                assertClose("final_norm", Golden.floats(golden, "final_norm"), trace.hidden, TINY);
            }
            assertClose("logits", Golden.floats(golden, "logits"), trace.logits, TINY);
        }
    }

    @ParameterizedTest
    @CsvSource({"tiny-text,1", "tiny-text,9", "tiny-text,40", "tiny-hot,9", "tiny-hot,40"})
    void greedyContinuation(String folder, int tokens) {
        try (Model model = Model.open(folder);
                SafetensorsFile golden = Golden.open(folder + "/cases/text-" + tokens + ".safetensors")) {
            model.assertGreedy(golden, model.whole(), TINY);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"half-ffn", "mixed-ffn", "skip-6-7", "skip-5-8-mixed"})
    void sliceEqualsCutCheckpoint(String cut) {
        try (Model model = Model.open("tiny-text");
                SafetensorsFile golden = Golden.open("tiny-text/cases/slice-" + cut + ".safetensors")) {
            Set<Integer> skip = new HashSet<>();
            IntStream.of(Golden.ints(golden, "skip")).forEach(skip::add);
            MatFormerSlice slice = new MatFormerSlice(
                    cut, skip, IntStream.of(Golden.ints(golden, "ffn")).boxed().toList());
            Trace trace = model.everyToken(Golden.ints(golden, "input_ids"), slice);
            assertClose("logits", Golden.floats(golden, "logits"), trace.logits, TINY);
            model.assertGreedy(golden, slice, TINY);
        }
    }

    @Test
    void realWidths() throws IOException {
        try (Model model = Model.synthetic("wide-text");
                SafetensorsFile golden = Golden.open("wide-text/wide-text.safetensors")) {
            Trace trace = model.everyToken(Golden.ints(golden, "input_ids"), model.whole());
            int hidden = model.config.hiddenSize();
            for (int layer : List.of(0, 4, 9)) {
                assertCloseToRow(
                        "layer." + layer,
                        Golden.floats(golden, "layer." + layer),
                        Objects.requireNonNull(trace.layers.get(layer)),
                        hidden,
                        WIDE);
            }
            assertCloseToRow("logits", Golden.floats(golden, "logits"), trace.logits, model.config.vocabSize(), WIDE);
            model.assertGreedy(golden, model.whole(), 30 * WIDE);
        }
    }

    @Test
    void chunkedPrefillEqualsStepByStep() {
        try (Model model = Model.open("tiny-text");
                DecoderSession chunked = model.session(model.whole());
                DecoderSession stepwise = model.session(model.whole())) {
            int[] ids = IntStream.range(0, 2 * model.backend.chunk() + 37)
                    .map(i -> 3 + i * 31 % 380)
                    .toArray();
            chunked.tokens().add(ids);
            float[] whole = logits(chunked);
            float[] last = new float[0];
            for (int id : ids) {
                stepwise.tokens().add(id);
                last = logits(stepwise);
            }
            assertClose("logits", last, whole, TINY);
        }
    }

    @Test
    void truncatedConversationGoesOnAsIfNothingHadBeenSaid() {
        try (Model model = Model.open("tiny-text");
                DecoderSession straight = model.session(model.whole());
                DecoderSession detour = model.session(model.whole())) {
            int[] ids = IntStream.range(0, 90).map(i -> 3 + i * 17 % 380).toArray();
            straight.tokens().add(ids);
            float[] expected = logits(straight);
            for (int extra : new int[] {5, 200}) {
                detour.truncate(0);
                detour.tokens().add(IntStream.of(ids).limit(80).toArray());
                detour.tokens()
                        .add(IntStream.range(0, extra).map(i -> 7 + i % 300).toArray());
                logits(detour);
                detour.truncate(80);
                detour.tokens().add(IntStream.of(ids).skip(80).toArray());
                assertClose("after " + extra, expected, logits(detour), TINY);
            }
        }
    }

    private static float[] logits(DecoderSession session) {
        return Objects.requireNonNull(session.advance(() -> false, (done, total) -> {}))
                .all();
    }

    /** What a step showed of itself. */
    private record Trace(Map<Integer, float[]> layers, float[] hidden, float[] logits) {}

    /** A decoder on its weights. */
    private record Model(
            Backend backend, WeightSource source, TextConfig config, Decoder decoder, InputEmbedder embedder)
            implements AutoCloseable {
        static Model open(String folder) {
            return of(folder, Weights.open(Golden.path(folder)));
        }

        static Model synthetic(String folder) throws IOException {
            return of(folder, Golden.formula(folder + "/tensors.json", 1));
        }

        private static Model of(String folder, WeightSource source) {
            TextConfig config = ConfigReader.read(Golden.path(folder)).text();
            Backend backend = TestDevice.open();
            TextWeights weights = TextWeights.load(source, config, backend);
            InputEmbedder embedder = new InputEmbedder(
                    weights.embedTokens(), config, config.vocabSize(), id -> new float[config.hiddenSize()]);
            return new Model(backend, source, config, new Decoder(config, weights), embedder);
        }

        MatFormerSlice whole() {
            return MatFormerSlice.whole(config);
        }

        DecoderSession session(MatFormerSlice slice) {
            return new DecoderSession(backend, decoder, embedder, slice, 512);
        }

        Trace everyToken(int[] ids, MatFormerSlice slice) {
            try (Workspace workspace = backend.workspace("test");
                    KvCache cache = new KvCache(backend, config, ids.length, ids.length)) {
                StepBuffers buffers = new StepBuffers(workspace, config, ids.length, ids.length);
                Map<Integer, List<DeviceTensor>> kept = new LinkedHashMap<>();
                try (Program program = backend.record(
                        "trace",
                        ops -> decoder.record(
                                ops, buffers, cache, slice, Output.EVERY_TOKEN, (recorder, layer, streams) -> {
                                    List<DeviceTensor> copies = streams.stream()
                                            .map(s -> workspace.allocate(s.rows(), s.columns()))
                                            .toList();
                                    for (int i = 0; i < streams.size(); i++) {
                                        recorder.scale(copies.get(i), streams.get(i), 1);
                                    }
                                    kept.put(layer, copies);
                                }))) {
                    backend.write(buffers.embeddings(), embedder.embed(ids));
                    backend.write(
                            buffers.tokenPerLayer(),
                            decoder.perLayerEmbeddings().gather(ids));
                    program.run(new StepParams(0, ids.length));
                }
                Map<Integer, float[]> layers = new LinkedHashMap<>();
                kept.forEach((layer, streams) -> layers.put(layer, joined(streams, ids.length)));
                return new Trace(layers, read(buffers.hidden(), ids.length), read(buffers.logits(), ids.length));
            }
        }

        private float[] joined(List<DeviceTensor> streams, int rows) {
            int size = rows * config.hiddenSize();
            float[] all = new float[streams.size() * size];
            for (int i = 0; i < streams.size(); i++) {
                System.arraycopy(read(streams.get(i), rows), 0, all, i * size, size);
            }
            return all;
        }

        private float[] read(DeviceTensor tensor, int rows) {
            float[] values = new float[rows * tensor.columns()];
            backend.read(tensor, values);
            return values;
        }

        void assertGreedy(SafetensorsFile golden, MatFormerSlice slice, float tolerance) {
            int[] expected = Golden.ints(golden, "greedy_ids");
            float[] rows = Golden.floats(golden, "greedy_logits");
            int vocabulary = config.vocabSize();
            int[] actual = new int[expected.length];
            try (DecoderSession session = session(slice)) {
                session.tokens().add(Golden.ints(golden, "input_ids"));
                for (int step = 0; step < expected.length; step++) {
                    float[] logits = logits(session);
                    float[] row = Arrays.copyOfRange(rows, step * vocabulary, (step + 1) * vocabulary);
                    assertClose("step " + step, row, logits, tolerance);
                    actual[step] = argmax(logits);
                    session.tokens().add(actual[step]);
                }
                assertEquals(session.computed() + 1, session.tokens().size());
            }
            assertArrayEquals(expected, actual);
        }

        private static int argmax(float[] values) {
            return IntStream.range(0, values.length)
                    .reduce((a, b) -> values[b] > values[a] ? b : a)
                    .orElseThrow();
        }

        @Override
        public void close() {
            backend.close();
            source.close();
        }
    }
}
