package dev.matryoshka.engine.text;

import dev.matryoshka.engine.backend.Activation;
import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.Epilogue;
import dev.matryoshka.engine.backend.Ops;
import dev.matryoshka.engine.config.TextConfig;

/**
 * Alternating updates ({@code Gemma3nTextAltUp}; Baykal et al., "Alternating Updates for Efficient Transformers",
 * NeurIPS 2023): several streams of the hidden state, of which a layer computes one and predicts and corrects the rest.
 */
record AltUp(TextConfig config) {
    /** Predicts every stream's output from all streams: {@code streams} to {@code predictions}. */
    void predict(Ops ops, DecoderBuffers b, LayerWeights.AltUp w) {
        route(ops, b, b.streams().get(config.altupActiveIdx()), w);
        ops.matmul(b.predictionCoefs(), b.modalities(), w.predictionCoefs(), Epilogue.NONE);
        ops.altupPredict(b.predictions(), b.streams(), b.predictionCoefs());
    }

    /** Corrects the predictions by what the layer computed for the active stream. */
    void correct(Ops ops, DecoderBuffers b, DeviceTensor activated, LayerWeights.AltUp w) {
        route(ops, b, activated, w);
        ops.matmul(b.correctionCoefs(), b.modalities(), w.correctionCoefs(), Epilogue.NONE);
        ops.altupCorrect(b.predictions(), activated, config.altupActiveIdx(), b.correctionCoefs());
    }

    /** {@code compute_router_modalities}: tanh of the router on the normed state over hidden. */
    private void route(Ops ops, DecoderBuffers b, DeviceTensor x, LayerWeights.AltUp w) {
        ops.rmsNorm(b.normed(), x, w.routerNorm(), config.hiddenSize(), config.rmsNormEps());
        Epilogue tanh = new Epilogue(1f / config.hiddenSize(), Activation.TANH);
        ops.matmul(b.modalities(), b.normed(), w.router(), tanh);
    }
}
