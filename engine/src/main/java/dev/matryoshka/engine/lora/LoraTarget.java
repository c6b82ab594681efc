package dev.matryoshka.engine.lora;

import dev.matryoshka.engine.config.TextConfig;
import java.util.Arrays;
import java.util.Optional;

/** A linear layer of {@code Gemma3nTextDecoderLayer} that an adapter may change. */
public enum LoraTarget {
    Q("self_attn.q_proj"),
    K("self_attn.k_proj"),
    V("self_attn.v_proj"),
    O("self_attn.o_proj"),
    GATE("mlp.gate_proj"),
    UP("mlp.up_proj"),
    DOWN("mlp.down_proj"),
    LAUREL_LEFT("laurel.linear_left"),
    LAUREL_RIGHT("laurel.linear_right"),
    PER_LAYER_GATE("per_layer_input_gate"),
    PER_LAYER_PROJECTION("per_layer_projection");

    private final String module;

    LoraTarget(String module) {
        this.module = module;
    }

    /** By its name within a layer. */
    static Optional<LoraTarget> of(String module) {
        return Arrays.stream(values()).filter(t -> t.module.equals(module)).findFirst();
    }

    /** Its name within a layer. */
    public String module() {
        return module;
    }

    /** Outputs, in the whole model. */
    int rows(TextConfig c, int layer) {
        return switch (this) {
            case Q -> c.numAttentionHeads() * c.headDim();
            case K, V -> c.numKeyValueHeads() * c.headDim();
            case GATE, UP -> c.intermediateSize().get(layer);
            case LAUREL_LEFT -> c.laurelRank();
            case PER_LAYER_GATE -> c.hiddenSizePerLayerInput();
            case O, DOWN, LAUREL_RIGHT, PER_LAYER_PROJECTION -> c.hiddenSize();
        };
    }

    /** Inputs, in the whole model. */
    int columns(TextConfig c, int layer) {
        return switch (this) {
            case O -> c.numAttentionHeads() * c.headDim();
            case DOWN -> c.intermediateSize().get(layer);
            case LAUREL_RIGHT -> c.laurelRank();
            case PER_LAYER_PROJECTION -> c.hiddenSizePerLayerInput();
            case Q, K, V, GATE, UP, LAUREL_LEFT, PER_LAYER_GATE -> c.hiddenSize();
        };
    }
}
