package dev.matryoshka.engine.weights.gguf;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What an {@code mmproj} file calls the tensors of Gemma 3n's towers, and what transformers does, without {@code .weight} at their end
 * (llama.cpp's {@code gguf-py/gguf/tensor_mapping.py} and {@code Gemma3nVisionAudioModel}). Blocks of the picture tower keep timm's names.
 */
public final class GgufTowerNames {
    private static final String VISION = "model.vision_tower.timm_model.";
    private static final String AUDIO = "model.audio_tower.";
    private static final String WEIGHT = ".weight";

    private static final Map<String, String> EMBEDDER = Map.of(
            "embedding", "embedding",
            "hard_emb_norm", "hard_embedding_norm",
            "soft_emb_norm", "soft_embedding_norm",
            "input_projection", "embedding_projection");

    private static final Map<String, String> CONFORMER = Map.ofEntries(
            Map.entry("ffn_norm", "ffw_layer_start.pre_layer_norm"),
            Map.entry("ffn_up", "ffw_layer_start.ffw_layer_1"),
            Map.entry("ffn_down", "ffw_layer_start.ffw_layer_2"),
            Map.entry("ffn_post_norm", "ffw_layer_start.post_layer_norm"),
            Map.entry("ffn_norm_1", "ffw_layer_end.pre_layer_norm"),
            Map.entry("ffn_up_1", "ffw_layer_end.ffw_layer_1"),
            Map.entry("ffn_down_1", "ffw_layer_end.ffw_layer_2"),
            Map.entry("ffn_post_norm_1", "ffw_layer_end.post_layer_norm"),
            Map.entry("ln1", "attention.pre_attn_norm"),
            Map.entry("attn_q", "attention.attn.q_proj"),
            Map.entry("attn_k", "attention.attn.k_proj"),
            Map.entry("attn_v", "attention.attn.v_proj"),
            Map.entry("per_dim_scale", "attention.attn.per_dim_scale"),
            Map.entry("linear_pos", "attention.attn.relative_position_embedding.pos_proj"),
            Map.entry("attn_out", "attention.post"),
            Map.entry("ln2", "attention.post_norm"),
            Map.entry("conv_norm", "lconv1d.pre_layer_norm"),
            Map.entry("conv_pw1", "lconv1d.linear_start"),
            Map.entry("conv_dw", "lconv1d.depthwise_conv1d"),
            Map.entry("norm_conv", "lconv1d.conv_norm"),
            Map.entry("conv_pw2", "lconv1d.linear_end"),
            Map.entry("layer_pre_norm", "norm"));

    private static final Map<String, String> EMBEDDER_BACK = inverse(EMBEDDER);
    private static final Map<String, String> CONFORMER_BACK = inverse(CONFORMER);

    private static final String INPUT = "subsample_conv_projection.input_proj_linear";
    private static final Pattern LAYER = Pattern.compile("a\\.blk\\.(\\d+)\\.(\\w+)");
    private static final Pattern LAYER_BACK = Pattern.compile("conformer\\.(\\d+)\\.([\\w.]+)");
    private static final Pattern CONV = Pattern.compile("a\\.conv1d\\.(\\d+)(\\.norm)?");
    private static final Pattern CONV_BACK = Pattern.compile("subsample_conv_projection\\.conv_(\\d+)\\.(conv|norm)");

    private GgufTowerNames() {}

    /** The engine's name of a tensor of an mmproj file; a name that is not known stays. */
    static String tower(String name) {
        if (name.startsWith("v.blk.")) {
            return VISION + "blocks." + name.substring("v.blk.".length());
        }
        if (name.startsWith("v.")) {
            return VISION + name.substring("v.".length());
        }
        String stem = stem(name);
        String found = stem.startsWith("mm.a.")
                ? embedder("model.embed_audio.", stem.substring("mm.a.".length()))
                : stem.startsWith("mm.")
                        ? embedder("model.embed_vision.", stem.substring("mm.".length()))
                        : audio(stem);
        if (found == null) {
            return name;
        }
        return found.endsWith("per_dim_scale") ? found : found + WEIGHT; // a parameter of the module itself
    }

    private static @Nullable String embedder(String prefix, String stem) {
        String known = EMBEDDER.get(stem);
        return known == null ? null : prefix + known;
    }

    private static @Nullable String audio(String stem) {
        if (stem.equals("a.pre_encode.out") || stem.equals("a.input_projection")) { // converters write the first
            return AUDIO + INPUT;
        }
        Matcher conv = CONV.matcher(stem);
        if (conv.matches()) {
            String leaf = conv.group(2) == null ? ".conv" : ".norm";
            return AUDIO + "subsample_conv_projection.conv_" + conv.group(1) + leaf;
        }
        Matcher layer = LAYER.matcher(stem);
        String known = layer.matches() ? CONFORMER.get(layer.group(2)) : null;
        return known == null ? null : AUDIO + "conformer." + layer.group(1) + "." + known;
    }

    /**
     * An mmproj file's name of a tensor, the way back from {@link #tower}.
     *
     * @param name as in a Hugging Face folder
     * @return null for tensors that belong to no tower
     */
    public static @Nullable String file(String name) {
        if (name.startsWith(VISION)) {
            String rest = name.substring(VISION.length());
            return rest.startsWith("blocks.") ? "v.blk." + rest.substring("blocks.".length()) : "v." + rest;
        }
        String stem = stem(name);
        String found = null;
        if (stem.startsWith("model.embed_vision.")) {
            found = prefixed("mm.", EMBEDDER_BACK.get(stem.substring("model.embed_vision.".length())));
        } else if (stem.startsWith("model.embed_audio.")) {
            found = prefixed("mm.a.", EMBEDDER_BACK.get(stem.substring("model.embed_audio.".length())));
        } else if (stem.startsWith(AUDIO)) {
            found = audioFile(stem.substring(AUDIO.length()));
        }
        return found == null ? null : found + WEIGHT;
    }

    private static @Nullable String audioFile(String stem) {
        Matcher conv = CONV_BACK.matcher(stem);
        Matcher layer = LAYER_BACK.matcher(stem);
        if (conv.matches()) {
            return "a.conv1d." + conv.group(1) + (conv.group(2).equals("norm") ? ".norm" : "");
        }
        if (layer.matches()) {
            return prefixed("a.blk." + layer.group(1) + ".", CONFORMER_BACK.get(layer.group(2)));
        }
        return stem.equals(INPUT) ? "a.pre_encode.out" : null;
    }

    private static @Nullable String prefixed(String prefix, @Nullable String known) {
        return known == null ? null : prefix + known;
    }

    private static String stem(String name) {
        return name.endsWith(WEIGHT) ? name.substring(0, name.length() - WEIGHT.length()) : name;
    }

    private static Map<String, String> inverse(Map<String, String> map) {
        return map.entrySet().stream().collect(Collectors.toMap(Map.Entry::getValue, Map.Entry::getKey));
    }
}
