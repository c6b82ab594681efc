package dev.matryoshka.engine.config;

import java.util.List;
import java.util.stream.IntStream;

/**
 * The decoder, as {@code Gemma3nTextConfig} in transformers names it.
 *
 * @param vocabSize rows of {@code embed_tokens}, multimodal ids included
 * @param vocabSizePerLayerInput rows of {@code embed_tokens_per_layer}
 * @param hiddenSize width of a token's hidden state
 * @param intermediateSize feed-forward width of each layer
 * @param numHiddenLayers decoder layers
 * @param numAttentionHeads query heads
 * @param numKeyValueHeads key and value heads
 * @param headDim width of a head
 * @param numKvSharedLayers last layers that use keys and values of an earlier one
 * @param slidingWindow tokens that a local layer sees, itself included
 * @param maxPositionEmbeddings longest context
 * @param rmsNormEps added to the mean square in every norm
 * @param hiddenSizePerLayerInput width of a per-layer embedding (PLE) in one layer
 * @param laurelRank inner width of the learned augmented residual
 * @param altupNumInputs streams of the hidden state
 * @param altupActiveIdx the stream that the layer computes on
 * @param altupCorrectScale whether the corrected stream is scaled before it meets the PLE
 * @param activationSparsityPattern share of gate units cut to zero, per layer; 0 for none
 * @param layerTypes local or global attention, per layer
 * @param ropeThetaLocal base of the rotary embedding in local layers
 * @param ropeThetaGlobal base of the rotary embedding in global layers
 * @param finalLogitSoftcapping cap of the logits; 0 for none
 */
public record TextConfig(
        int vocabSize,
        int vocabSizePerLayerInput,
        int hiddenSize,
        List<Integer> intermediateSize,
        int numHiddenLayers,
        int numAttentionHeads,
        int numKeyValueHeads,
        int headDim,
        int numKvSharedLayers,
        int slidingWindow,
        int maxPositionEmbeddings,
        float rmsNormEps,
        int hiddenSizePerLayerInput,
        int laurelRank,
        int altupNumInputs,
        int altupActiveIdx,
        boolean altupCorrectScale,
        List<Float> activationSparsityPattern,
        List<LayerType> layerTypes,
        float ropeThetaLocal,
        float ropeThetaGlobal,
        float finalLogitSoftcapping) {
    public TextConfig {
        intermediateSize = List.copyOf(intermediateSize);
        activationSparsityPattern = List.copyOf(activationSparsityPattern);
        layerTypes = List.copyOf(layerTypes);
    }

    /** What a layer attends to. */
    public enum LayerType {
        /** {@code sliding_attention}: the last {@link TextConfig#slidingWindow()} tokens. */
        LOCAL,
        /** {@code full_attention}: everything so far. */
        GLOBAL
    }

    /** First layer without keys and values of its own; {@link #numHiddenLayers()} where none is shared. */
    public int firstKvSharedLayer() {
        return numHiddenLayers - numKvSharedLayers;
    }

    /**
     * The layer whose keys and values a layer reads: itself below the sharing point, else the last of its own kind
     * below it ({@code kv_shared_layer_index}).
     */
    public int kvSourceLayer(int layer) {
        if (layer < firstKvSharedLayer()) {
            return layer;
        }
        return layerTypes.subList(0, firstKvSharedLayer()).lastIndexOf(layerTypes.get(layer));
    }

    /** Whether layers above the sharing point read this layer's keys and values; no slice can do without it. */
    public boolean feedsSharedLayers(int layer) {
        return IntStream.range(firstKvSharedLayer(), numHiddenLayers)
                .anyMatch(shared -> kvSourceLayer(shared) == layer);
    }
}
