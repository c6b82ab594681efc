package dev.matryoshka.engine.text;

import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.config.TextConfig;
import java.util.ArrayList;
import java.util.List;

/**
 * Names and shapes of what a slice of the decoder has on a device, so that its size is known before anything is loaded.
 * The token table is there too, as the head.
 */
public final class DecoderTensors {
    private final TextConfig config;
    private final MatFormerSlice slice;
    private final List<Shape> all = new ArrayList<>();

    /**
     * A tensor as far as the slice uses it.
     *
     * @param name in the checkpoint, without the decoder's prefix
     * @param rows 1 for a vector
     */
    public record Shape(String name, int rows, int columns) {
        /** Values in it. */
        public long elements() {
            return (long) rows * columns;
        }
    }

    private DecoderTensors(TextConfig config, MatFormerSlice slice) {
        this.config = config;
        this.slice = slice;
    }

    /** Every one. */
    public static List<Shape> of(TextConfig config, MatFormerSlice slice) {
        return new DecoderTensors(config, slice).list();
    }

    private List<Shape> list() {
        int hidden = config.hiddenSize();
        int perLayer = config.hiddenSizePerLayerInput();
        add("embed_tokens.weight", config.vocabSize(), hidden);
        int kept = 0;
        for (int layer = 0; layer < config.numHiddenLayers(); layer++) {
            if (slice.keeps(layer)) {
                layer("layers." + layer + ".", layer);
                kept++;
            }
        }
        add("per_layer_model_projection.weight", kept * perLayer, hidden);
        add("per_layer_projection_norm.weight", 1, perLayer);
        for (int i = 0; i < config.altupNumInputs() - 1; i++) {
            add("altup_projections." + i + ".weight", hidden, hidden);
            add("altup_unembed_projections." + i + ".weight", hidden, hidden);
        }
        add("norm.weight", 1, hidden);
        return all;
    }

    private void layer(String in, int layer) {
        int hidden = config.hiddenSize();
        int head = config.headDim();
        int width = slice.ffn().get(layer);
        int streams = config.altupNumInputs();
        for (String norm : List.of("input_", "post_attention_", "pre_feedforward_", "post_feedforward_")) {
            add(in + norm + "layernorm.weight", 1, hidden);
        }
        add(in + "self_attn.q_proj.weight", config.numAttentionHeads() * head, hidden);
        add(in + "self_attn.o_proj.weight", hidden, config.numAttentionHeads() * head);
        add(in + "self_attn.q_norm.weight", 1, head);
        if (layer < config.firstKvSharedLayer()) {
            add(in + "self_attn.k_proj.weight", config.numKeyValueHeads() * head, hidden);
            add(in + "self_attn.v_proj.weight", config.numKeyValueHeads() * head, hidden);
            add(in + "self_attn.k_norm.weight", 1, head);
        }
        add(in + "mlp.gate_proj.weight", width, hidden);
        add(in + "mlp.up_proj.weight", width, hidden);
        add(in + "mlp.down_proj.weight", hidden, width);
        add(in + "altup.router_norm.weight", 1, hidden);
        add(in + "altup.modality_router.weight", streams, hidden);
        add(in + "altup.prediction_coefs.weight", streams * streams, streams);
        add(in + "altup.correction_coefs.weight", streams, streams);
        add(in + "altup.correct_output_scale", 1, hidden);
        add(in + "laurel.linear_left.weight", config.laurelRank(), hidden);
        add(in + "laurel.linear_right.weight", hidden, config.laurelRank());
        add(in + "laurel.post_laurel_norm.weight", 1, hidden);
        add(in + "per_layer_input_gate.weight", config.hiddenSizePerLayerInput(), hidden);
        add(in + "per_layer_projection.weight", hidden, config.hiddenSizePerLayerInput());
        add(in + "post_per_layer_input_norm.weight", 1, hidden);
    }

    private void add(String name, int rows, int columns) {
        all.add(new Shape(name, rows, columns));
    }
}
