package dev.matryoshka.engine.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.engine.config.TextConfig.LayerType;
import dev.matryoshka.engine.error.MatryoshkaException;
import dev.matryoshka.engine.error.ModelFormatException;
import dev.matryoshka.engine.error.ModelNotFoundException;
import dev.matryoshka.engine.error.UnsupportedModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Configurations as transformers 4 and 5 write them, and damaged ones. */
class ConfigReaderTest {
    private static final String MULTIMODAL = "'architectures':['Gemma3nForConditionalGeneration'],'text_config':";

    @TempDir
    private Path folder = Path.of("");

    @Test
    void everythingAbsentIsThePublishedE4B() throws IOException {
        ModelConfig config = read("{" + MULTIMODAL + "{},'vision_config':{},'audio_config':{}}");
        TextConfig text = config.text();
        assertEquals(35, text.numHiddenLayers());
        assertEquals(Collections.nCopies(35, 16_384), text.intermediateSize());
        assertEquals(0.95f, text.activationSparsityPattern().get(9));
        assertEquals(0f, text.activationSparsityPattern().get(10));
        assertEquals(LayerType.GLOBAL, text.layerTypes().get(4));
        assertEquals(20, text.firstKvSharedLayer());
        assertEquals(18, text.kvSourceLayer(20));
        assertEquals(19, text.kvSourceLayer(34));
        assertEquals(30f, text.finalLogitSoftcapping());
        assertEquals(768, config.imageSize());
        assertEquals(256, config.imageSoftTokens());
        assertEquals(188, config.audioSoftTokens());
        assertEquals(Set.of(1), config.tokens().stop());
        assertEquals(64, config.sampling().topK());
        assertEquals(1536, present(config.audio()).hiddenSize());
    }

    private static AudioConfig present(@Nullable AudioConfig config) {
        assertNotNull(config);
        return Objects.requireNonNull(config);
    }

    @Test
    void transformers4WritesRopeSideBySideAndStopsInGenerationConfig() throws IOException {
        Files.writeString(
                folder.resolve("generation_config.json"), "{\"eos_token_id\":[1,106],\"top_k\":32,\"top_p\":0.9}");
        ModelConfig config = read("{" + MULTIMODAL
                + "{'intermediate_size':8192,'num_hidden_layers':30,'num_kv_shared_layers':10,'rope_theta':500000.0,"
                + "'rope_local_base_freq':20000.0,'activation_sparsity_pattern':0.5}}");
        assertEquals(500_000f, config.text().ropeThetaGlobal());
        assertEquals(20_000f, config.text().ropeThetaLocal());
        assertEquals(Set.of(1, 106), config.tokens().stop());
        assertEquals(32, config.sampling().topK());
        assertEquals(0.5f, config.text().activationSparsityPattern().get(29));
        assertNull(config.vision());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'num_hidden_layers':0",
                "'num_hidden_layers':-3",
                "'num_hidden_layers':100000",
                "'hidden_size':'big'",
                "'hidden_size':1.5",
                "'hidden_size':99999999999",
                "'intermediate_size':[1,2]",
                "'layer_types':['full_attention']",
                "'layer_types':7,'num_attention_heads':3",
                "'head_dim':7",
                "'altup_active_idx':4",
                "'num_kv_shared_layers':35",
                "'num_kv_shared_layers':34",
                "'activation_sparsity_pattern':[0.1]",
                "'activation_sparsity_pattern':1.0",
                "'rms_norm_eps':'NaN'",
                "'rope_theta':-1",
            })
    void impossibleValuesNameTheirField(String fields) throws IOException {
        String message = failure("{" + MULTIMODAL + "{" + fields + "}}", ModelFormatException.class);
        String named = fields.substring(1, fields.indexOf('\'', 1));
        assertTrue(message.contains(named) || message.contains("num_attention_heads"), message);
        assertEquals(1, message.lines().count());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'architectures':['LlamaForCausalLM']}|LlamaForCausalLM",
                "{'architectures':['Gemma3ForConditionalGeneration']}|Gemma3ForConditionalGeneration",
                "{}|no architecture",
                "{'architectures':['Gemma3nForCausalLM'],'quantization_config':{'quant_method':'bitsandbytes'}}|bitsandbytes",
                "{'architectures':['Gemma3nForCausalLM'],'hidden_activation':'relu'}|relu",
                "{'architectures':['Gemma3nForCausalLM'],'attention_bias':true}|attention_bias",
                "{'architectures':['Gemma3nForCausalLM'],'rope_scaling':{'factor':2}}|rotary",
            })
    void otherModels(String config, String complaint) throws IOException {
        String message = failure(config, UnsupportedModelException.class);
        assertTrue(message.contains(complaint), message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "nonsense", "{'a':1,'a':2}", "{} {}"})
    void brokenJson(String text) throws IOException {
        failure(text, ModelFormatException.class);
    }

    @Test
    void noConfiguration() {
        assertThrows(ModelNotFoundException.class, () -> ConfigReader.read(folder));
    }

    private ModelConfig read(String json) throws IOException {
        Files.writeString(folder.resolve("config.json"), json.replace('\'', '"'));
        return ConfigReader.read(folder);
    }

    private String failure(String json, Class<? extends MatryoshkaException> type) throws IOException {
        MatryoshkaException e = assertThrows(type, () -> read(json));
        return e.problem() + ": " + e.remedy();
    }
}
