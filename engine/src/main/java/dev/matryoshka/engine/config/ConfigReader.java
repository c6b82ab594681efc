package dev.matryoshka.engine.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.matryoshka.engine.config.ModelConfig.SamplingDefaults;
import dev.matryoshka.engine.config.ModelConfig.SpecialTokens;
import dev.matryoshka.engine.error.UnsupportedModelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code config.json} and the files beside it, in the forms that transformers 4 and 5 write; what is absent takes
 * the default of {@code configuration_gemma3n.py}.
 */
public final class ConfigReader {
    private static final String CONFIG = "config.json";
    private static final String MULTIMODAL = "Gemma3nForConditionalGeneration";
    private static final String TEXT_ONLY = "Gemma3nForCausalLM";

    private ConfigReader() {}

    /**
     * Reads the configuration of a Hugging Face folder.
     *
     * @throws dev.matryoshka.engine.error.MatryoshkaException it is missing, damaged, or of another architecture
     */
    public static ModelConfig read(Path folder) {
        JsonNode root = Json.read(folder.resolve(CONFIG));
        String architecture = architecture(root);
        if (root.hasNonNull("quantization_config")) {
            throw new UnsupportedModelException(
                    "the weights are quantised by "
                            + root.path("quantization_config")
                                    .path("quant_method")
                                    .asText("a tool"),
                    "use the original checkpoint in bfloat16");
        }
        JsonFields config = new JsonFields(CONFIG, root);
        boolean multimodal = architecture.equals(MULTIMODAL) && root.has("text_config");
        JsonFields text = multimodal ? config.child("text_config") : config;
        JsonFields preprocessor = optional(folder, "preprocessor_config.json");
        JsonFields processor = optional(folder, "processor_config.json");
        JsonFields generation = optional(folder, "generation_config.json");
        VisionConfig vision = multimodal ? vision(config) : null;
        return new ModelConfig(
                TextConfigReader.read(text),
                vision,
                multimodal ? audio(config) : null,
                specialTokens(config, text, generation, multimodal),
                imageSize(preprocessor, vision),
                multimodal
                        ? config.whole("vision_soft_tokens_per_image", 1, processor.whole("image_seq_length", 1, 256))
                        : 0,
                multimodal
                        ? config.whole("audio_soft_tokens_per_image", 1, processor.whole("audio_seq_length", 1, 188))
                        : 0,
                sampling(generation));
    }

    private static @Nullable VisionConfig vision(JsonFields config) {
        return config.node().hasNonNull("vision_config")
                ? TowerConfigReader.vision(config.child("vision_config"))
                : null;
    }

    private static @Nullable AudioConfig audio(JsonFields config) {
        return config.node().hasNonNull("audio_config") ? TowerConfigReader.audio(config.child("audio_config")) : null;
    }

    /**
     * A decoder with its towers, in the words of {@code Gemma3nConfig}.
     *
     * @param file where it comes from, for complaints
     * @param generation in the words of {@code generation_config.json}
     * @param imageSize side of the square that pictures are resized to
     */
    public static ModelConfig multimodal(String file, JsonNode config, JsonNode generation, int imageSize) {
        JsonFields all = new JsonFields(file, config);
        JsonFields text = all.child("text_config");
        JsonFields recommended = new JsonFields(file, generation);
        return new ModelConfig(
                TextConfigReader.read(text),
                vision(all),
                audio(all),
                specialTokens(all, text, recommended, true),
                imageSize,
                all.whole("vision_soft_tokens_per_image", 1, 256),
                all.whole("audio_soft_tokens_per_image", 1, 188),
                sampling(recommended));
    }

    /**
     * A decoder alone, in the words of {@code Gemma3nTextConfig}.
     *
     * @param file where it comes from, for complaints
     * @param generation in the words of {@code generation_config.json}
     */
    public static ModelConfig textOnly(String file, JsonNode config, JsonNode generation) {
        JsonFields text = new JsonFields(file, config);
        JsonFields recommended = new JsonFields(file, generation);
        SpecialTokens tokens = specialTokens(text, text, recommended, false);
        return new ModelConfig(TextConfigReader.read(text), null, null, tokens, 0, 0, 0, sampling(recommended));
    }

    /** {@code architectures}, or what {@code model_type} implies where a configuration was saved without a model. */
    private static String architecture(JsonNode root) {
        String type = root.path("model_type").asText("");
        String implied = switch (type) {
            case "gemma3n" -> MULTIMODAL;
            case "gemma3n_text" -> TEXT_ONLY;
            default -> type;
        };
        String architecture = root.path("architectures").path(0).asText(implied);
        if (!architecture.equals(MULTIMODAL) && !architecture.equals(TEXT_ONLY)) {
            throw new UnsupportedModelException(
                    "config.json describes "
                            + (architecture.isEmpty() ? "no architecture" : "a model of architecture " + architecture),
                    "use a Gemma 3n model (" + MULTIMODAL + " or " + TEXT_ONLY + ")");
        }
        return architecture;
    }

    private static JsonFields optional(Path folder, String name) {
        Path file = folder.resolve(name);
        return new JsonFields(name, Files.exists(file) ? Json.read(file) : JsonNodeFactory.instance.objectNode());
    }

    private static int imageSize(JsonFields preprocessor, @Nullable VisionConfig vision) {
        int otherwise = vision == null ? 0 : 768;
        return preprocessor.child("size").whole("height", 1, otherwise);
    }

    private static SpecialTokens specialTokens(
            JsonFields config, JsonFields text, JsonFields generation, boolean multimodal) {
        Set<Integer> stop = new HashSet<>();
        for (JsonFields place : List.of(config, text, generation)) {
            List<Integer> ids = place.wholes("eos_token_id", 0, 1);
            if (ids != null) {
                stop.addAll(ids);
            }
        }
        if (stop.isEmpty()) {
            stop.add(1);
        }
        return new SpecialTokens(
                text.whole("bos_token_id", 0, 2),
                stop,
                text.whole("pad_token_id", 0, 0),
                multimodal ? config.whole("boi_token_id", 0, 255_999) : -1,
                multimodal ? config.whole("image_token_id", 0, 262_145) : -1,
                multimodal ? config.whole("eoi_token_id", 0, 262_144) : -1,
                multimodal ? config.whole("boa_token_id", 0, 256_000) : -1,
                multimodal ? config.whole("audio_token_id", 0, 262_273) : -1,
                multimodal ? config.whole("eoa_token_id", 0, 262_272) : -1);
    }

    /** The published checkpoints recommend temperature 1, top-k 64, top-p 0.95. */
    private static SamplingDefaults sampling(JsonFields generation) {
        if (generation.node().has("do_sample") && !generation.flag("do_sample", true)) {
            return new SamplingDefaults(0, 0, 1);
        }
        return new SamplingDefaults(
                generation.real("temperature", 1), generation.whole("top_k", 0, 64), generation.real("top_p", 0.95));
    }
}
