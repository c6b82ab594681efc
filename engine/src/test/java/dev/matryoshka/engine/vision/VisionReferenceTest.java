package dev.matryoshka.engine.vision;

import static dev.matryoshka.engine.support.Golden.assertClose;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.Workspace;
import dev.matryoshka.engine.config.ConfigReader;
import dev.matryoshka.engine.config.ModelConfig;
import dev.matryoshka.engine.config.PublishedTowers;
import dev.matryoshka.engine.config.VisionConfig;
import dev.matryoshka.engine.multimodal.MultimodalEmbedder;
import dev.matryoshka.engine.support.Golden;
import dev.matryoshka.engine.support.TestDevice;
import dev.matryoshka.engine.weights.SafetensorsFile;
import dev.matryoshka.engine.weights.SyntheticWeights;
import dev.matryoshka.engine.weights.WeightSource;
import dev.matryoshka.engine.weights.Weights;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The picture tower against the reference, stage by stage. */
class VisionReferenceTest {
    private static final float TINY = 2e-3f;
    private static final float FULL = 1e-2f;

    @ParameterizedTest
    @ValueSource(ints = {64, 96, 192})
    void everyStage(int size) {
        ModelConfig config = ConfigReader.read(Golden.path("tiny-multimodal"));
        VisionConfig vision = Objects.requireNonNull(config.vision());
        try (WeightSource source = Weights.open(Golden.path("tiny-multimodal"));
                Backend backend = TestDevice.open();
                Workspace workspace = backend.workspace("test");
                VisionEncoder encoder = new VisionEncoder(source, vision, backend);
                SafetensorsFile golden = Golden.open("tiny-multimodal/cases/vision-" + size + ".safetensors")) {
            Map<String, DeviceTensor> stages = new LinkedHashMap<>();
            float[] pixels = interleaved(Golden.floats(golden, "pixel_values"), 3);
            float[] features = encoder.encode(pixels, size, (ops, name, values) -> {
                DeviceTensor copy = workspace.allocate(values.rows(), values.columns());
                ops.scale(copy, values, 1);
                stages.put(name, copy);
            });
            assertEquals(5, stages.size());
            stages.forEach((name, tensor) -> {
                float[] values = new float[tensor.rows() * tensor.columns()];
                backend.read(tensor, values);
                assertClose(name, interleaved(Golden.floats(golden, name), tensor.columns()), values, TINY);
            });
            float[] expected = interleaved(Golden.floats(golden, "last_hidden_state"), vision.hiddenSize());
            assertClose("last_hidden_state", expected, features, TINY);
            MultimodalEmbedder embedder = new MultimodalEmbedder(
                    source,
                    new MultimodalEmbedder.Spec(
                            "model.embed_vision.",
                            vision.hiddenSize(),
                            config.text().hiddenSize(),
                            vision.vocabSize(),
                            vision.vocabOffset(),
                            vision.rmsNormEps()),
                    backend);
            float scale = (float) Math.sqrt(vision.hiddenSize());
            for (int i = 0; i < features.length; i++) {
                features[i] *= scale;
            }
            assertClose("soft_tokens", Golden.floats(golden, "soft_tokens"), embedder.embed(features), TINY);
            assertClose("again", expected, encoder.encode(pixels, size), TINY);
        }
    }

    @Test
    void publishedSizeAt256() throws IOException {
        publishedSize(256);
    }

    @Test
    @Tag("slow")
    void publishedSizeAt768() throws IOException {
        publishedSize(768);
    }

    private static void publishedSize(int size) throws IOException {
        try (WeightSource source = Golden.formula("full-vision/tensors.json", 1);
                Backend backend = TestDevice.open();
                VisionEncoder encoder = new VisionEncoder(source, PublishedTowers.VISION, backend);
                SafetensorsFile golden = Golden.open("full-vision/full-vision-" + size + ".safetensors")) {
            long start = System.nanoTime();
            float[] features = encoder.encode(picture(size), size);
            System.out.printf("full vision at %d px: %.1f s%n", size, (System.nanoTime() - start) / 1e9);
            float[] expected = interleaved(Golden.floats(golden, "last_hidden_state"), 2048);
            float largest = 0;
            for (float value : expected) {
                largest = Math.max(largest, Math.abs(value));
            }
            assertTrue(largest > 0);
            Golden.assertCloseToRow("last_hidden_state", expected, features, 2048, FULL);
        }
    }

    /** The reference's {@code picture}: gradients and noise, [size * size, 3]. */
    private static float[] picture(int size) {
        float[] noise = SyntheticWeights.uniform("picture" + size, 3 * size * size, 1);
        float[] pixels = new float[3 * size * size];
        for (int row = 0; row < size; row++) {
            for (int column = 0; column < size; column++) {
                float x = (float) column / size;
                float y = (float) row / size;
                float[] base = {x, y, (float) (0.5 + 0.5 * Math.sin(6.28f * (x + y)))};
                for (int c = 0; c < 3; c++) {
                    float value = base[c] + 0.1f * noise[(c * size + row) * size + column];
                    pixels[(row * size + column) * 3 + c] = Math.clamp(value, 0f, 1f);
                }
            }
        }
        return pixels;
    }

    /** [channels, pixels] as [pixels, channels]. */
    private static float[] interleaved(float[] planar, int channels) {
        int pixels = planar.length / channels;
        float[] values = new float[planar.length];
        for (int p = 0; p < pixels; p++) {
            for (int c = 0; c < channels; c++) {
                values[p * channels + c] = planar[c * pixels + p];
            }
        }
        return values;
    }
}
