package dev.matryoshka.engine.audio;

import static dev.matryoshka.engine.support.Golden.assertClose;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.Ops;
import dev.matryoshka.engine.backend.StageObserver;
import dev.matryoshka.engine.backend.Workspace;
import dev.matryoshka.engine.config.AudioConfig;
import dev.matryoshka.engine.config.ConfigReader;
import dev.matryoshka.engine.config.ModelConfig;
import dev.matryoshka.engine.config.PublishedTowers;
import dev.matryoshka.engine.multimodal.MultimodalEmbedder;
import dev.matryoshka.engine.support.Golden;
import dev.matryoshka.engine.support.TestDevice;
import dev.matryoshka.engine.weights.SafetensorsFile;
import dev.matryoshka.engine.weights.WeightSource;
import dev.matryoshka.engine.weights.Weights;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The sound tower against the reference, stage by stage, on the reference's own features. */
class AudioReferenceTest {
    private static final float TINY = 2e-3f;
    private static final float FULL = 1e-2f;

    @ParameterizedTest
    @ValueSource(strings = {"5000", "12800", "28000", "padded"})
    void everyStage(String name) {
        ModelConfig config = ConfigReader.read(Golden.path("tiny-multimodal"));
        AudioConfig audio = Objects.requireNonNull(config.audio());
        try (WeightSource source = Weights.open(Golden.path("tiny-multimodal"));
                Backend backend = TestDevice.open();
                Workspace workspace = backend.workspace("test");
                SafetensorsFile golden = Golden.open("tiny-multimodal/cases/audio-" + name + ".safetensors")) {
            Stages stages = new Stages(workspace);
            AudioEncoder.Encoded encoded = new AudioEncoder(source, audio, backend)
                    .encode(Golden.floats(golden, "input_features"), mask(golden), stages);
            assertEquals(1 + audio.numHiddenLayers(), stages.copies.size());
            for (String stage : stages.copies.keySet()) {
                assertClose(stage, Golden.floats(golden, stage), stages.read(backend, stage), TINY);
            }
            assertClose("last_hidden_state", Golden.floats(golden, "last_hidden_state"), encoded.features(), TINY);
            int[] padding = Golden.ints(golden, "output_mask");
            for (int i = 0; i < padding.length; i++) {
                assertEquals(padding[i] == 0, encoded.valid()[i], "frame " + i);
            }
            if (golden.find("soft_tokens") == null) {
                return;
            }
            MultimodalEmbedder embedder = new MultimodalEmbedder(
                    source,
                    new MultimodalEmbedder.Spec(
                            "model.embed_audio.",
                            audio.hiddenSize(),
                            config.text().hiddenSize(),
                            audio.vocabSize(),
                            audio.vocabOffset(),
                            audio.rmsNormEps()),
                    backend);
            assertClose("soft_tokens", Golden.floats(golden, "soft_tokens"), embedder.embed(encoded.features()), TINY);
        }
    }

    @Test
    void publishedSize() throws IOException {
        AudioConfig config = PublishedTowers.AUDIO;
        try (WeightSource source = Golden.formula("full-audio/tensors.json", 1);
                Backend backend = TestDevice.open();
                Workspace workspace = backend.workspace("test");
                SafetensorsFile golden = Golden.open("full-audio/full-audio-64000.safetensors")) {
            Stages stages = new Stages(workspace);
            AudioEncoder.Encoded encoded = new AudioEncoder(source, config, backend)
                    .encode(Golden.floats(golden, "input_features"), mask(golden), stages);
            for (String stage : List.of("subsample", "conformer.0")) {
                Golden.assertCloseToRow(
                        stage, Golden.floats(golden, stage), stages.read(backend, stage), config.hiddenSize(), FULL);
            }
            Golden.assertCloseToRow(
                    "last_hidden_state",
                    Golden.floats(golden, "last_hidden_state"),
                    encoded.features(),
                    config.hiddenSize(),
                    FULL);
        }
    }

    /** Keeps a copy of every stage's output. */
    private record Stages(Workspace workspace, Map<String, DeviceTensor> copies) implements StageObserver {
        Stages(Workspace workspace) {
            this(workspace, new LinkedHashMap<>());
        }

        @Override
        public void after(Ops ops, String name, DeviceTensor values) {
            DeviceTensor copy = workspace.allocate(values.rows(), values.columns());
            ops.scale(copy, values, 1);
            copies.put(name, copy);
        }

        float[] read(Backend backend, String name) {
            DeviceTensor tensor = Objects.requireNonNull(copies.get(name), name);
            float[] values = new float[tensor.rows() * tensor.columns()];
            backend.read(tensor, values);
            return values;
        }
    }

    private static boolean[] mask(SafetensorsFile golden) {
        int[] values = Golden.ints(golden, "input_features_mask");
        boolean[] mask = new boolean[values.length];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = values[i] != 0;
        }
        return mask;
    }
}
