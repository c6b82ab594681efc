package dev.matryoshka.engine.lora;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.engine.config.ConfigReader;
import dev.matryoshka.engine.config.TextConfig;
import dev.matryoshka.engine.error.MatryoshkaException;
import dev.matryoshka.engine.support.Golden;
import dev.matryoshka.engine.weights.SafetensorsFile;
import dev.matryoshka.engine.weights.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reading PEFT's folders, good and bad ones. */
class LoraAdapterTest {
    private static final String CONFIG = "{\"peft_type\": \"LORA\", \"r\": 2, \"lora_alpha\": 4}";
    private static final TextConfig MODEL =
            ConfigReader.read(Golden.path("tiny-text")).text();

    @TempDir
    private Path folder;

    private static float[] values(int count) {
        float[] values = new float[count];
        Arrays.fill(values, 0.5f);
        return values;
    }

    @SuppressWarnings("ArrayRecordComponent")
    private record Values(String name, float[] values, int... shape) {}

    private static Values tensor(String name, float[] values, int... shape) {
        return new Values(name, values, shape);
    }

    private void write(String config, Values... tensors) throws IOException {
        Files.writeString(folder.resolve("adapter_config.json"), config);
        SafetensorsWriter writer = new SafetensorsWriter();
        for (Values each : tensors) {
            writer.add(each.name(), each.values(), each.shape());
        }
        writer.write(folder.resolve("adapter_model.safetensors"));
    }

    private void writePair(String config, String module) throws IOException {
        write(
                config,
                tensor(module + ".lora_A.weight", values(128), 2, 64),
                tensor(module + ".lora_B.weight", values(128), 64, 2));
    }

    private String refused() {
        return String.valueOf(assertThrows(
                        MatryoshkaException.class,
                        () -> LoraAdapter.open(folder, MODEL).close())
                .getMessage());
    }

    /** Of layer 3. */
    private static LoraAdapter.Pair queries(LoraAdapter adapter) {
        return Objects.requireNonNull(
                Objects.requireNonNull(adapter.layers().get(3)).get(LoraTarget.Q));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "base_model.model.model.layers.3.self_attn.q_proj",
                "base_model.model.model.language_model.layers.3.self_attn.q_proj",
                "base_model.model.language_model.model.layers.3.self_attn.q_proj",
                "base_model.model.model.model.layers.3.self_attn.q_proj",
                "model.layers.3.self_attn.q_proj"
            })
    void theSameLayerByTheNamesOfEveryModelClass(String module) throws IOException {
        writePair(CONFIG, module);
        try (LoraAdapter adapter = LoraAdapter.open(folder, MODEL)) {
            LoraAdapter.Pair pair = queries(adapter);
            assertEquals(2, pair.scaling());
            assertEquals(List.of(2, 64), pair.a().shape());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"peft_type\": \"IA3\"|is of type IA3",
                "\"use_dora\": true|DoRA",
                "\"fan_in_fan_out\": true|transposed",
                "\"lora_bias\": true|biases",
                "\"bias\": \"all\"|biases",
                "\"modules_to_save\": [\"lm_head\"]|replaces whole modules",
                "\"layer_replication\": [[0, 4]]|repeats layers",
                "\"use_qalora\": true|pools",
                "\"init_lora_weights\": \"pissa\"|changes the model's own weights",
                "\"lora_alpha\": \"much\"|lora_alpha = \"much\"",
                "\"alpha_pattern\": {\"q_proj\": null}|alpha_pattern q_proj = null",
                "\"alpha_pattern\": {\"(\": 3}|no regular expression"
            })
    void whatIsNoPlainLoraIsNamed(String field, String said) throws IOException {
        String base = field.contains("lora_alpha") ? "" : ", \"lora_alpha\": 4";
        writePair("{" + field + base + "}", "model.layers.3.self_attn.q_proj");
        String message = refused();
        assertTrue(message.contains(said), message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "base_model.model.model.vision_tower.timm_model.blocks.0.0.conv",
                "base_model.model.model.audio_tower.conformer.0.attention.attn.q_proj",
                "base_model.model.model.layers.3.altup.modality_router",
                "base_model.model.model.per_layer_model_projection",
                "base_model.model.lm_head"
            })
    void whatCannotBeAdaptedIsNamed(String module) throws IOException {
        writePair(CONFIG, module);
        String message = refused();
        assertTrue(message.contains(module.substring("base_model.model.".length())), message);
        assertTrue(message.contains("merge_and_unload"), message);
    }

    @Test
    void aTensorOfAnotherKindIsNamed() throws IOException {
        write(CONFIG, tensor("base_model.model.lm_head.lora_embedding_A", values(4), 2, 2));
        assertTrue(refused().contains("lora_embedding_A"));
    }

    @Test
    void anotherModelsAdapterIsNamedWithBothShapes() throws IOException {
        String module = "base_model.model.model.layers.3.mlp.up_proj";
        write(
                CONFIG,
                tensor(module + ".lora_A.weight", values(128), 2, 64),
                tensor(module + ".lora_B.weight", values(128), 64, 2));
        String message = refused();
        assertTrue(message.contains("[64, 2]") && message.contains("[128, 2]"), message);
        writePair(CONFIG, "model.layers.10.self_attn.q_proj");
        assertTrue(refused().contains("layer 10 of 10"));
    }

    @Test
    void halfAPairAndRanksThatDifferAreNamed() throws IOException {
        String module = "model.layers.3.self_attn.q_proj";
        write(CONFIG, tensor(module + ".lora_A.weight", values(128), 2, 64));
        assertTrue(refused().contains("lacks " + module + ".lora_B"));
        write(
                CONFIG,
                tensor(module + ".lora_A.weight", values(128), 2, 64),
                tensor(module + ".lora_B.weight", values(192), 64, 3));
        assertTrue(refused().contains("[64, 3]"));
    }

    @Test
    void noNumbersNoTensorsNoFilesAreNamed() throws IOException {
        String module = "model.layers.3.self_attn.q_proj";
        float[] bad = values(128);
        bad[77] = Float.NaN;
        write(
                CONFIG,
                tensor(module + ".lora_A.weight", values(128), 2, 64),
                tensor(module + ".lora_B.weight", bad, 64, 2));
        assertTrue(refused().contains("no number"));
        write(CONFIG);
        assertTrue(refused().contains("without a tensor"));
        writePair(CONFIG, module);
        Path file = folder.resolve("adapter_model.safetensors");
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length - 5));
        assertTrue(refused().contains("safetensors"));
        Files.delete(file);
        assertTrue(refused().contains("there is no"));
        Files.delete(folder.resolve("adapter_config.json"));
        assertTrue(refused().contains("adapter_config.json"));
    }

    @Test
    void theFirstPatternThatMatchesCounts() throws IOException {
        writePair(
                "{\"lora_alpha\": 4, \"alpha_pattern\": {\"q_proj\": 6, \"layers.3.self_attn.q_proj\": 8}}",
                "model.layers.3.self_attn.q_proj");
        try (LoraAdapter adapter = LoraAdapter.open(folder, MODEL)) {
            assertEquals(3, queries(adapter).scaling());
        }
        try (SafetensorsFile file = SafetensorsFile.open(folder.resolve("adapter_model.safetensors"))) {
            assertEquals(2, file.tensors().size());
        }
    }
}
