package dev.matryoshka.engine.text;

import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.WeightReader;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.config.TextConfig;
import dev.matryoshka.engine.weights.Tensor;
import dev.matryoshka.engine.weights.WeightSource;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Everything the decoder reads, checked against the configuration. The two embedding tables stay with the host, which
 * gathers their rows; the token table is also the head ({@code tie_word_embeddings}), unless a GGUF file has that apart,
 * in another type.
 *
 * @param embedTokens [vocab, hidden]
 * @param embedTokensPerLayer [vocab of PLE, layers * PLE width]
 * @param head [vocab, hidden] on the device
 * @param perLayerModelProjection [layers * PLE width, hidden]
 * @param perLayerProjectionNorm [PLE width]
 * @param altupProjections hidden to stream 1, 2, …, [hidden, hidden] each
 * @param altupUnembedProjections stream 1, 2, … back to hidden
 * @param layers the decoder layers, as far as the device holds them
 * @param norm final norm, [hidden]
 */
public record TextWeights(
        Tensor embedTokens,
        Tensor embedTokensPerLayer,
        DeviceTensor head,
        DeviceTensor perLayerModelProjection,
        DeviceTensor perLayerProjectionNorm,
        List<DeviceTensor> altupProjections,
        List<DeviceTensor> altupUnembedProjections,
        ResidentLayers layers,
        DeviceTensor norm) {

    /** Loads all of it from a checkpoint. */
    public static TextWeights load(WeightSource source, TextConfig config, Backend backend) {
        return load(source, config, backend, MatFormerSlice.whole(config));
    }

    /**
     * Loads as much as a slice needs.
     *
     * @param source stays open: layers are loaded from it later, too
     */
    public static TextWeights load(WeightSource source, TextConfig config, Backend backend, MatFormerSlice maximum) {
        int hidden = config.hiddenSize();
        int perLayer = config.hiddenSizePerLayerInput();
        int layerCount = config.numHiddenLayers();
        WeightReader loader = new WeightReader(source, backend, prefix(source));
        ResidentLayers layers = new ResidentLayers(loader, config, maximum);
        Tensor embedTokens = loader.require("embed_tokens.weight", config.vocabSize(), hidden);
        Tensor head = loader.find("lm_head.weight", config.vocabSize(), hidden);
        return new TextWeights(
                embedTokens,
                loader.require("embed_tokens_per_layer.weight", config.vocabSizePerLayerInput(), layerCount * perLayer),
                head == null ? backend.load(embedTokens) : backend.load(head),
                loader.matrix("per_layer_model_projection.weight", layerCount * perLayer, hidden),
                loader.vector("per_layer_projection_norm.weight", perLayer),
                squares(loader, "altup_projections.", config),
                squares(loader, "altup_unembed_projections.", config),
                layers,
                loader.vector("norm.weight", hidden));
    }

    private static List<DeviceTensor> squares(WeightReader loader, String name, TextConfig config) {
        return IntStream.range(0, config.altupNumInputs() - 1)
                .mapToObj(i -> loader.matrix(name + i + ".weight", config.hiddenSize(), config.hiddenSize()))
                .toList();
    }

    /** Where the decoder's names start: multimodal checkpoints nest it, text-only ones don't. */
    public static String prefix(WeightSource source) {
        return List.of("model.language_model.", "language_model.model.", "model.").stream()
                .filter(p -> source.shapes().containsKey(p + "embed_tokens.weight"))
                .findFirst()
                .orElse("model.");
    }
}
