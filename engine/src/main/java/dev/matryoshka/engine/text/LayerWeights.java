package dev.matryoshka.engine.text;

import dev.matryoshka.engine.backend.AltUpSpec;
import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.FfnWeights;
import dev.matryoshka.engine.backend.WeightReader;
import dev.matryoshka.engine.config.TextConfig;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Weights of one decoder layer, by the names of {@code Gemma3nTextDecoderLayer}. */
record LayerWeights(
        DeviceTensor inputNorm,
        DeviceTensor postAttentionNorm,
        DeviceTensor preFeedforwardNorm,
        DeviceTensor postFeedforwardNorm,
        Attention attention,
        FfnWeights ffn,
        AltUpSpec altup,
        Laurel laurel,
        PerLayerInput perLayerInput) {

    /**
     * Attention.
     *
     * @param keyValue null in a layer that shares keys and values
     */
    record Attention(
            DeviceTensor q,
            DeviceTensor o,
            DeviceTensor qNorm,
            @Nullable KeyValue keyValue) {}

    /** Key and value projections. */
    record KeyValue(DeviceTensor k, DeviceTensor v, DeviceTensor kNorm) {}

    /** Learned augmented residual. */
    record Laurel(DeviceTensor left, DeviceTensor right, DeviceTensor norm) {}

    /** What lets the per-layer embedding in. */
    record PerLayerInput(DeviceTensor gate, DeviceTensor projection, DeviceTensor norm) {}

    /** Every tensor that a slice leaves whole: all but the feed-forward block. */
    Stream<DeviceTensor> unsliced() {
        KeyValue own = attention.keyValue();
        Stream<DeviceTensor> keyValue = own == null ? Stream.of() : Stream.of(own.k(), own.v(), own.kNorm());
        Stream<DeviceTensor> others = Stream.concat(
                Stream.ofNullable(altup.outputScale()),
                Stream.of(
                        inputNorm,
                        postAttentionNorm,
                        preFeedforwardNorm,
                        postFeedforwardNorm,
                        attention.q(),
                        attention.o(),
                        attention.qNorm(),
                        altup.routerNorm(),
                        altup.router(),
                        altup.predictionCoefs(),
                        altup.correctionCoefs(),
                        laurel.left(),
                        laurel.right(),
                        laurel.norm(),
                        perLayerInput.gate(),
                        perLayerInput.projection(),
                        perLayerInput.norm()));
        return Stream.concat(keyValue, others);
    }

    /** The same with another width of the feed-forward block. */
    LayerWeights with(FfnWeights other) {
        return new LayerWeights(
                inputNorm,
                postAttentionNorm,
                preFeedforwardNorm,
                postFeedforwardNorm,
                attention,
                other,
                altup,
                laurel,
                perLayerInput);
    }

    /** @param ffn the feed-forward block, loaded on its own */
    static LayerWeights load(WeightReader in, TextConfig c, int layer, FfnWeights ffn) {
        int hidden = c.hiddenSize();
        int queries = c.numAttentionHeads() * c.headDim();
        int keys = c.numKeyValueHeads() * c.headDim();
        int streams = c.altupNumInputs();
        boolean ownKeys = layer < c.firstKvSharedLayer();
        return new LayerWeights(
                in.vector("input_layernorm.weight", hidden),
                in.vector("post_attention_layernorm.weight", hidden),
                in.vector("pre_feedforward_layernorm.weight", hidden),
                in.vector("post_feedforward_layernorm.weight", hidden),
                new Attention(
                        in.matrix("self_attn.q_proj.weight", queries, hidden),
                        in.matrix("self_attn.o_proj.weight", hidden, queries),
                        in.vector("self_attn.q_norm.weight", c.headDim()),
                        ownKeys
                                ? new KeyValue(
                                        in.matrix("self_attn.k_proj.weight", keys, hidden),
                                        in.matrix("self_attn.v_proj.weight", keys, hidden),
                                        in.vector("self_attn.k_norm.weight", c.headDim()))
                                : null),
                ffn,
                new AltUpSpec(
                        c.altupActiveIdx(),
                        c.rmsNormEps(),
                        in.vector("altup.router_norm.weight", hidden),
                        in.coefficients("altup.modality_router.weight", streams, hidden),
                        in.coefficients("altup.prediction_coefs.weight", streams * streams, streams),
                        in.coefficients("altup.correction_coefs.weight", streams, streams),
                        c.altupCorrectScale() ? in.vector("altup.correct_output_scale", hidden) : null),
                new Laurel(
                        in.matrix("laurel.linear_left.weight", c.laurelRank(), hidden),
                        in.matrix("laurel.linear_right.weight", hidden, c.laurelRank()),
                        in.vector("laurel.post_laurel_norm.weight", hidden)),
                new PerLayerInput(
                        in.matrix("per_layer_input_gate.weight", c.hiddenSizePerLayerInput(), hidden),
                        in.matrix("per_layer_projection.weight", hidden, c.hiddenSizePerLayerInput()),
                        in.vector("post_per_layer_input_norm.weight", hidden)));
    }
}
