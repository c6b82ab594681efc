package dev.matryoshka.engine.lora;

import com.fasterxml.jackson.databind.JsonNode;
import dev.matryoshka.engine.config.Json;
import dev.matryoshka.engine.error.ModelFormatException;
import dev.matryoshka.engine.error.ModelNotFoundException;
import dev.matryoshka.engine.error.UnsupportedModelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * What of PEFT's {@code LoraConfig} says how strong an adapter is; the ranks are the tensors' own.
 *
 * @param alpha {@code lora_alpha}
 * @param alphas {@code alpha_pattern}: of modules whose name ends so
 * @param rankStabilized {@code use_rslora} (arXiv 2312.03732)
 */
record LoraConfig(double alpha, Map<Pattern, Double> alphas, boolean rankStabilized) {
    static final String FILE = "adapter_config.json";

    /** Those that leave the model's own weights as they are. */
    private static final Set<String> INITIALIZERS = Set.of("true", "false", "gaussian", "eva", "orthogonal");

    LoraConfig {
        alphas = Collections.unmodifiableMap(new LinkedHashMap<>(alphas)); // the first that matches counts
    }

    /**
     * Reads it.
     *
     * @throws ModelFormatException it is damaged
     * @throws UnsupportedModelException it asks for more than low-rank matrices beside linear layers
     */
    static LoraConfig read(Path folder) {
        if (!Files.isRegularFile(folder.resolve(FILE))) {
            throw new ModelNotFoundException(
                    "there is no " + folder.resolve(FILE), "name a folder with a LoRA adapter as PEFT saves it");
        }
        JsonNode json = Json.read(folder.resolve(FILE));
        String type = json.path("peft_type").asText("LORA");
        require(type.equals("LORA"), "is of type " + type);
        require(!json.path("use_dora").asBoolean(), "uses DoRA (use_dora)");
        require(!json.path("fan_in_fan_out").asBoolean(), "has its matrices transposed (fan_in_fan_out)");
        require(!json.path("lora_bias").asBoolean(), "has biases (lora_bias)");
        require(json.path("bias").asText("none").equals("none"), "trains biases (bias)");
        require(json.path("layer_replication").isEmpty(), "repeats layers (layer_replication)");
        require(json.path("modules_to_save").isEmpty(), "replaces whole modules (modules_to_save)");
        require(!json.path("use_qalora").asBoolean(), "pools its inputs (use_qalora)");
        String init = json.path("init_lora_weights").asText("true");
        require(INITIALIZERS.contains(init), "changes the model's own weights (init_lora_weights " + init + ")");
        Map<Pattern, Double> alphas = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> each : json.path("alpha_pattern").properties()) {
            alphas.put(pattern(each.getKey()), number("alpha_pattern " + each.getKey(), each.getValue()));
        }
        return new LoraConfig(
                number("lora_alpha", json.path("lora_alpha")),
                alphas,
                json.path("use_rslora").asBoolean());
    }

    /** {@code get_pattern_key}: the end of a module's name. */
    private static Pattern pattern(String key) {
        try {
            return Pattern.compile("(.*\\.)?(" + key + ")");
        } catch (PatternSyntaxException e) {
            throw new ModelFormatException(
                    FILE + " has alpha_pattern '" + key + "', which is no regular expression",
                    "fetch the adapter again",
                    e);
        }
    }

    private static double number(String name, JsonNode value) {
        if (!value.isNumber() || !Double.isFinite(value.doubleValue())) {
            throw new ModelFormatException(FILE + " has " + name + " = " + value, "fetch the adapter again");
        }
        return value.doubleValue();
    }

    private static void require(boolean supported, String what) {
        if (!supported) {
            throw new UnsupportedModelException(
                    "the adapter " + what + ", which is no plain LoRA",
                    "merge it into its model by PEFT (merge_and_unload) and load that");
        }
    }

    /** {@code LoraLayer.scaling} of a module. */
    float scaling(String module, int rank) {
        double own = alphas.entrySet().stream()
                .filter(each -> each.getKey().matcher(module).matches())
                .findFirst()
                .map(Map.Entry::getValue)
                .orElse(alpha);
        return (float) (own / (rankStabilized ? Math.sqrt(rank) : rank));
    }
}
