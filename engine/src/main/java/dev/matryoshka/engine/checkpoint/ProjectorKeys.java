package dev.matryoshka.engine.checkpoint;

import java.util.Map;

/**
 * Keys of an {@code mmproj} file that llama.cpp doesn't have: it builds the published model in. {@code convert} writes them, so that
 * models of other sizes can be read back; a file without them has the published values.
 */
public final class ProjectorKeys {
    /** timm's {@code model_args} to keys. */
    public static final Map<String, String> VISION = Map.of(
            "channel_multiplier", "clip.vision.channel_multiplier",
            "stem_size", "clip.vision.stem_size",
            "msfa_output_resolution", "clip.vision.msfa_output_resolution");

    /** Fields of {@code Gemma3nAudioConfig} to keys. */
    public static final Map<String, String> AUDIO = Map.of(
            "rms_norm_eps", "clip.audio.rms_norm_eps",
            "conf_attention_chunk_size", "clip.audio.attention.chunk_size",
            "conf_attention_context_left", "clip.audio.attention.context_left",
            "conf_attention_context_right", "clip.audio.attention.context_right",
            "conf_attention_logit_cap", "clip.audio.attention.logit_cap",
            "conf_reduction_factor", "clip.audio.reduction_factor",
            "conf_residual_weight", "clip.audio.residual_weight",
            "gradient_clipping", "clip.audio.gradient_clipping",
            "sscp_conv_group_norm_eps", "clip.audio.group_norm_eps");

    /** Soft tokens of one sound. */
    public static final String SOUND_TOKENS = "clip.audio.soft_tokens";

    private ProjectorKeys() {}
}
