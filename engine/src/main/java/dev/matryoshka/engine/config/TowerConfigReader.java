package dev.matryoshka.engine.config;

import com.fasterxml.jackson.databind.JsonNode;
import dev.matryoshka.engine.error.UnsupportedModelException;
import java.util.ArrayList;
import java.util.List;

/** {@code Gemma3nVisionConfig} and {@code Gemma3nAudioConfig} from JSON. */
final class TowerConfigReader {
    private static final String MOBILENET = "mobilenetv5_300m_enc";

    private TowerConfigReader() {}

    static VisionConfig vision(JsonFields in) {
        String architecture = in.text("architecture", MOBILENET);
        if (!architecture.equals(MOBILENET)) {
            throw new UnsupportedModelException(
                    "config.json asks for the picture tower " + architecture, "use a model with " + MOBILENET);
        }
        JsonFields arguments = in.child("model_args");
        return new VisionConfig(
                architecture,
                in.whole("hidden_size", 1, 2048),
                in.whole("vocab_size", 1, 128),
                in.whole("vocab_offset", 0, 262_144),
                in.real("rms_norm_eps", 1e-6),
                arguments.node().path("channel_multiplier").asDouble(1),
                arguments.whole("stem_size", 1, 64),
                arguments.whole("msfa_output_resolution", 1, 16));
    }

    static AudioConfig audio(JsonFields in) {
        AudioConfig config = new AudioConfig(
                in.whole("hidden_size", 1, 1536),
                in.whole("input_feat_size", 1, 128),
                in.whole("vocab_size", 1, 128),
                in.whole("vocab_offset", 0, 262_272),
                in.real("rms_norm_eps", 1e-6),
                in.whole("conf_attention_chunk_size", 1, 12),
                in.whole("conf_attention_context_left", 1, 13),
                in.whole("conf_attention_context_right", 0, 0),
                in.real("conf_attention_logit_cap", 50),
                in.whole("conf_num_attention_heads", 1, 8),
                in.whole("conf_num_hidden_layers", 1, 12),
                in.whole("conf_conv_kernel_size", 1, 5),
                in.whole("conf_reduction_factor", 1, 4),
                in.real("conf_residual_weight", 0.5),
                in.real("gradient_clipping", 1e10),
                channels(in),
                pairs(in, "sscp_conv_kernel_size", List.of(List.of(3, 3), List.of(3, 3))),
                pairs(in, "sscp_conv_stride_size", List.of(List.of(2, 2), List.of(2, 2))),
                in.real("sscp_conv_group_norm_eps", 1e-3));
        if (config.hiddenSize() % config.numAttentionHeads() != 0 || config.hiddenSize() % 2 != 0) {
            throw in.wrong(
                    "conf_num_attention_heads", in.node().path("conf_num_attention_heads"), "a divisor of hidden_size");
        }
        return config;
    }

    private static List<Integer> channels(JsonFields in) {
        List<Integer> channels = in.wholes("sscp_conv_channel_size", 1, 2);
        if (channels != null && channels.size() != 2) {
            throw in.wrong("sscp_conv_channel_size", in.node().path("sscp_conv_channel_size"), "two numbers");
        }
        return channels == null ? List.of(128, 32) : channels;
    }

    private static List<List<Integer>> pairs(JsonFields in, String name, List<List<Integer>> otherwise) {
        JsonNode node = in.node().path(name);
        if (!node.isArray()) {
            return otherwise;
        }
        List<List<Integer>> pairs = new ArrayList<>();
        for (JsonNode pair : node) {
            if (pair.size() != 2 || pair.get(0).asInt() < 1 || pair.get(1).asInt() < 1) {
                throw in.wrong(name, node, "pairs of sizes");
            }
            pairs.add(List.of(pair.get(0).asInt(), pair.get(1).asInt()));
        }
        if (pairs.size() != 2) {
            throw in.wrong(name, node, "two pairs");
        }
        return pairs;
    }
}
