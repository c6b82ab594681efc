package dev.matryoshka.engine.backend;

import org.jspecify.annotations.Nullable;

/**
 * Alternating updates of a layer ({@code Gemma3nTextAltUp}; Baykal et al., "Alternating Updates for Efficient Transformers",
 * NeurIPS 2023): several streams of the hidden state, of which the layer computes one and predicts and corrects the rest.
 *
 * @param active the stream that the layer computes
 * @param eps of the norms
 * @param routerNorm [1, hidden]
 * @param router [n, hidden]
 * @param predictionCoefs [n * n, n]
 * @param correctionCoefs [n, n]
 * @param outputScale of the corrected active stream, [1, hidden]; null for none
 */
public record AltUpSpec(
        int active,
        float eps,
        DeviceTensor routerNorm,
        DeviceTensor router,
        DeviceTensor predictionCoefs,
        DeviceTensor correctionCoefs,
        @Nullable DeviceTensor outputScale) {
    /**
     * Room for what happens in between.
     *
     * @param modalities the router's output, [tokens, n]
     * @param coefs [tokens, n * n]
     */
    public record Scratch(DeviceTensor modalities, DeviceTensor coefs) {}
}
