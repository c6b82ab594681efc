package dev.matryoshka.engine.config;

import com.fasterxml.jackson.databind.JsonNode;
import dev.matryoshka.engine.config.TextConfig.LayerType;
import dev.matryoshka.engine.error.UnsupportedModelException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** {@code Gemma3nTextConfig} from JSON, with its defaults and checks. */
final class TextConfigReader {
    private static final int MAX_LAYERS = 1000;

    private final JsonFields in;

    private TextConfigReader(JsonFields in) {
        this.in = in;
    }

    static TextConfig read(JsonFields in) {
        return new TextConfigReader(in).read();
    }

    private TextConfig read() {
        int layers = in.whole("num_hidden_layers", 1, 35);
        check(layers <= MAX_LAYERS, "num_hidden_layers", "at most " + MAX_LAYERS);
        String activation = in.text("hidden_activation", "gelu_pytorch_tanh");
        if (!activation.equals("gelu_pytorch_tanh")) {
            throw new UnsupportedModelException(
                    "config.json asks for the activation " + activation, "use a model with gelu_pytorch_tanh");
        }
        if (in.flag("attention_bias", false)) {
            throw new UnsupportedModelException("config.json asks for attention_bias", "use a model without it");
        }
        TextConfig config = new TextConfig(
                in.whole("vocab_size", 1, 262_400),
                in.whole("vocab_size_per_layer_input", 1, 262_144),
                in.whole("hidden_size", 1, 2048),
                widths(layers),
                layers,
                in.whole("num_attention_heads", 1, 8),
                in.whole("num_key_value_heads", 1, 2),
                in.whole("head_dim", 2, 256),
                in.whole("num_kv_shared_layers", 0, 15),
                in.whole("sliding_window", 1, 512),
                in.whole("max_position_embeddings", 1, 32_768),
                in.real("rms_norm_eps", 1e-6),
                in.whole("hidden_size_per_layer_input", 1, 256),
                in.whole("laurel_rank", 1, 64),
                in.whole("altup_num_inputs", 1, 4),
                in.whole("altup_active_idx", 0, 0),
                in.flag("altup_correct_scale", true),
                sparsity(layers),
                layerTypes(layers),
                theta("sliding_attention", "rope_local_base_freq", 10_000),
                theta("full_attention", "rope_theta", 1_000_000),
                in.real("final_logit_softcapping", in.node().has("final_logit_softcapping") ? 0 : 30));
        check(
                config.numAttentionHeads() % config.numKeyValueHeads() == 0,
                "num_attention_heads",
                "a multiple of num_key_value_heads");
        check(config.headDim() % 4 == 0, "head_dim", "a multiple of 4");
        check(config.altupActiveIdx() < config.altupNumInputs(), "altup_active_idx", "below altup_num_inputs");
        check(config.numKvSharedLayers() < layers, "num_kv_shared_layers", "below num_hidden_layers");
        for (int layer = config.firstKvSharedLayer(); layer < layers; layer++) {
            check(
                    config.kvSourceLayer(layer) >= 0,
                    "num_kv_shared_layers",
                    "one that leaves each kind of layer a source");
        }
        return config;
    }

    private List<Integer> widths(int layers) {
        List<Integer> widths = in.wholes("intermediate_size", 1, layers);
        List<Integer> all = widths == null ? Collections.nCopies(layers, 16_384) : widths;
        check(all.size() == layers, "intermediate_size", "one width for each of " + layers + " layers");
        return all;
    }

    private List<Float> sparsity(int layers) {
        List<Float> pattern = in.reals("activation_sparsity_pattern", layers);
        if (pattern == null) {
            return IntStream.range(0, layers)
                    .mapToObj(i -> layers > 10 && i < 10 ? 0.95f : 0f)
                    .toList();
        }
        check(pattern.size() == layers, "activation_sparsity_pattern", "one share for each of " + layers + " layers");
        check(
                pattern.stream().allMatch(p -> p >= 0 && p < 1),
                "activation_sparsity_pattern",
                "shares from 0 to below 1");
        return pattern;
    }

    private List<LayerType> layerTypes(int layers) {
        JsonNode types = in.node().path("layer_types");
        List<LayerType> all = new ArrayList<>();
        if (!types.isArray()) {
            for (int i = 0; i < layers; i++) {
                all.add((i + 1) % 5 == 0 ? LayerType.GLOBAL : LayerType.LOCAL);
            }
            return all;
        }
        check(types.size() == layers, "layer_types", "one type for each of " + layers + " layers");
        for (JsonNode type : types) {
            all.add(
                    switch (type.asText()) {
                        case "sliding_attention" -> LayerType.LOCAL;
                        case "full_attention" -> LayerType.GLOBAL;
                        default -> throw in.wrong("layer_types", type, "sliding_attention or full_attention");
                    });
        }
        return all;
    }

    /** transformers 5 nests the bases by layer type, transformers 4 has them side by side. */
    private float theta(String kind, String oldName, double otherwise) {
        JsonFields rope = in.child("rope_parameters").child(kind);
        String type = rope.text("rope_type", "default");
        if (!type.equals("default") || in.node().hasNonNull("rope_scaling")) {
            throw new UnsupportedModelException(
                    "config.json scales the rotary embedding (" + type + ")", "use a model with the default rope_type");
        }
        float theta = rope.real("rope_theta", in.real(oldName, otherwise));
        check(theta > 0, "rope_theta", "a positive number");
        return theta;
    }

    private void check(boolean valid, String name, String wanted) {
        if (!valid) {
            throw in.wrong(name, in.node().path(name), wanted);
        }
    }
}
