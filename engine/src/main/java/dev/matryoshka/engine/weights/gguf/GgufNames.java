package dev.matryoshka.engine.weights.gguf;

import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What llama.cpp calls Gemma 3n's tensors, and what transformers does. Neither has the {@code .weight} at their end here. */
public final class GgufNames {
    /** Where the decoder's names start. */
    static final String DECODER = "model.language_model.";

    /** Matrices of several streams, one upon the other in a GGUF file. */
    public static final Map<String, String> STACKED =
            Map.of("altup_proj", "altup_projections", "altup_unembd_proj", "altup_unembed_projections");

    private static final Map<String, String> TOP = Map.of(
            "token_embd", "embed_tokens",
            "per_layer_token_embd", "embed_tokens_per_layer",
            "per_layer_model_proj", "per_layer_model_projection",
            "per_layer_proj_norm", "per_layer_projection_norm",
            "output_norm", "norm",
            "output", "lm_head");

    private static final Map<String, String> LAYER = Map.ofEntries(
            Map.entry("attn_q", "self_attn.q_proj"),
            Map.entry("attn_k", "self_attn.k_proj"),
            Map.entry("attn_v", "self_attn.v_proj"),
            Map.entry("attn_output", "self_attn.o_proj"),
            Map.entry("attn_q_norm", "self_attn.q_norm"),
            Map.entry("attn_k_norm", "self_attn.k_norm"),
            Map.entry("attn_norm", "input_layernorm"),
            Map.entry("post_attention_norm", "post_attention_layernorm"),
            Map.entry("ffn_norm", "pre_feedforward_layernorm"),
            Map.entry("post_ffw_norm", "post_feedforward_layernorm"),
            Map.entry("ffn_gate", "mlp.gate_proj"),
            Map.entry("ffn_up", "mlp.up_proj"),
            Map.entry("ffn_down", "mlp.down_proj"),
            Map.entry("inp_gate", "per_layer_input_gate"),
            Map.entry("proj", "per_layer_projection"),
            Map.entry("post_norm", "post_per_layer_input_norm"),
            Map.entry("altup_correct_coef", "altup.correction_coefs"),
            Map.entry("altup_correct_scale", "altup.correct_output_scale"),
            Map.entry("altup_predict_coef", "altup.prediction_coefs"),
            Map.entry("altup_router", "altup.modality_router"),
            Map.entry("altup_router_norm", "altup.router_norm"),
            Map.entry("laurel_l", "laurel.linear_left"),
            Map.entry("laurel_r", "laurel.linear_right"),
            Map.entry("laurel_post_norm", "laurel.post_laurel_norm"));

    private static final String WEIGHT = ".weight";
    private static final Map<String, String> TOP_BACK = inverse(TOP);
    private static final Map<String, String> LAYER_BACK = inverse(LAYER);

    private GgufNames() {}

    /** The engine's name of a tensor of the decoder; a name that is not known stays. */
    static String decoder(String name) {
        if (!name.endsWith(WEIGHT)) {
            return name;
        }
        String stem = name.substring(0, name.length() - WEIGHT.length());
        String[] parts = stem.split("\\.", 3);
        String known = parts.length == 3 && parts[0].equals("blk") ? LAYER.get(parts[2]) : TOP.get(stem);
        if (known == null) {
            return name;
        }
        String layer = parts.length == 3 ? "layers." + parts[1] + "." : "";
        boolean parameter = known.equals("altup.correct_output_scale"); // of a module itself, not of a layer in it
        return DECODER + layer + known + (parameter ? "" : WEIGHT);
    }

    private static Map<String, String> inverse(Map<String, String> map) {
        return map.entrySet().stream().collect(Collectors.toMap(Map.Entry::getValue, Map.Entry::getKey));
    }

    /**
     * llama.cpp's name of a tensor of the decoder, the way back from {@link #decoder}.
     *
     * @param name without its prefix, such as {@code layers.0.mlp.up_proj.weight}
     * @return null where llama.cpp has none
     */
    public static @Nullable String file(String name) {
        String stem = name.endsWith(WEIGHT) ? name.substring(0, name.length() - WEIGHT.length()) : name;
        String[] parts = stem.split("\\.", 3);
        boolean layer = parts.length == 3 && parts[0].equals("layers");
        String known = layer ? LAYER_BACK.get(parts[2]) : TOP_BACK.get(stem);
        if (known == null) {
            return null;
        }
        return (layer ? "blk." + parts[1] + "." : "") + known + WEIGHT;
    }
}
