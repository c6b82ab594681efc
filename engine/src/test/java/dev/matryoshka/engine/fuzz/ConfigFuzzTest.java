package dev.matryoshka.engine.fuzz;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.matryoshka.engine.config.AudioFeatureReader;
import dev.matryoshka.engine.config.ConfigReader;
import dev.matryoshka.engine.config.SliceCatalog;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** {@code config.json} and the files beside it: the input has them one after the other, a line {@code ---} between two. */
class ConfigFuzzTest {
    private static final List<String> FILES =
            List.of("config.json", "generation_config.json", "preprocessor_config.json", "processor_config.json");

    private static final Path FOLDER = Reading.folder();

    @DictionaryEntries({
        "\"text_config\":{",
        "\"vision_config\":{",
        "\"audio_config\":{",
        "\"architectures\":[",
        "Gemma3nForCausalLM",
        "Gemma3nForConditionalGeneration",
        "\"num_hidden_layers\":",
        "\"num_kv_shared_layers\":",
        "\"intermediate_size\":[",
        "\"layer_types\":[",
        "sliding_attention",
        "full_attention",
        "\"activation_sparsity_pattern\":[",
        "\"vocab_size\":",
        "\"sliding_window\":",
        "\"rope_theta\":",
        "\"eos_token_id\":[",
        "\"quantization_config\":{",
        "\"model_args\":{",
        "\"sscp_conv_kernel_size\":[[",
        "\"size\":{\"height\":",
        "\"top_k\":",
        "null",
        "true",
        "-1",
        "0",
        "0.5",
        "1e39",
        "NaN",
        "2147483647",
        "2147483648",
        "9223372036854775808"
    })
    @FuzzTest
    void reads(byte[] content) throws Exception {
        write(FOLDER, content);
        Reading.mustEndWell(
                content, () -> new SliceCatalog(ConfigReader.read(FOLDER).text(), null).entries());
        Reading.mustEndWell(content, () -> AudioFeatureReader.read(FOLDER));
    }

    /** Makes the folder that an input stands for. */
    static void write(Path folder, byte[] content) throws IOException {
        String[] texts = new String(content, StandardCharsets.ISO_8859_1).split("\n---\n", FILES.size());
        for (int i = 0; i < FILES.size(); i++) {
            Path file = folder.resolve(FILES.get(i));
            if (i < texts.length) {
                Files.write(file, texts[i].getBytes(StandardCharsets.ISO_8859_1));
            } else {
                Files.deleteIfExists(file);
            }
        }
    }
}
