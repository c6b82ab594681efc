package dev.matryoshka.engine.text;

import dev.matryoshka.engine.backend.AttentionSpec;
import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.Epilogue;
import dev.matryoshka.engine.backend.FfnWeights;
import dev.matryoshka.engine.backend.Ops;
import dev.matryoshka.engine.cache.KvCache;
import dev.matryoshka.engine.config.TextConfig;
import dev.matryoshka.engine.config.TextConfig.LayerType;

/**
 * One layer of the decoder ({@code Gemma3nTextDecoderLayer}).
 *
 * @param index original index in the checkpoint
 * @param width feed-forward units in use
 */
record DecoderLayer(TextConfig config, int index, int width, LayerWeights w) {
    private static final float SQRT_HALF = (float) Math.sqrt(0.5);

    /** Records {@code streams} to {@code predictions}; keys and values go to the cache on the way. */
    void record(Ops ops, DecoderBuffers b, KvCache cache) {
        AltUp altup = new AltUp(config);
        altup.predict(ops, b, w.altup());
        DeviceTensor active = b.predictions().get(config.altupActiveIdx());
        norm(ops, b.normed(), active, w.inputNorm());
        laurel(ops, b);
        attention(ops, b, cache);
        norm(ops, b.update(), b.update(), w.postAttentionNorm());

        ops.add(b.active(), active, b.update());
        ops.add(b.active(), b.active(), b.laurel());
        ops.scale(b.active(), b.active(), SQRT_HALF);

        norm(ops, b.normed(), b.active(), w.preFeedforwardNorm());
        FfnWeights ffn = w.ffn().narrow(width);
        ops.gatedFfn(
                b.update(),
                b.normed(),
                ffn,
                b.gate(),
                b.up(),
                config.activationSparsityPattern().get(index));
        norm(ops, b.update(), b.update(), w.postFeedforwardNorm());
        ops.add(b.active(), b.active(), b.update());

        altup.correct(ops, b, b.active(), w.altup());
        perLayerInput(ops, b, active);
    }

    /** {@code Gemma3nTextLaurelBlock}: x + norm(right(left(x))). */
    private void laurel(Ops ops, DecoderBuffers b) {
        ops.matmul(b.laurelLow(), b.normed(), w.laurel().left(), Epilogue.NONE);
        ops.matmul(b.laurel(), b.laurelLow(), w.laurel().right(), Epilogue.NONE);
        norm(ops, b.laurel(), b.laurel(), w.laurel().norm());
        ops.add(b.laurel(), b.laurel(), b.normed());
    }

    /** {@code Gemma3nTextAttention}; the scale is 1, since queries and keys are normed. */
    private void attention(Ops ops, DecoderBuffers b, KvCache cache) {
        boolean local = config.layerTypes().get(index) == LayerType.LOCAL;
        float theta = local ? config.ropeThetaLocal() : config.ropeThetaGlobal();
        int headDim = config.headDim();
        float eps = config.rmsNormEps();
        LayerWeights.Attention a = w.attention();
        ops.matmul(b.q(), b.normed(), a.q(), Epilogue.NONE);
        ops.rmsNorm(b.q(), b.q(), a.qNorm(), headDim, eps);
        ops.rope(b.q(), headDim, theta);
        if (a.keyValue() != null) {
            ops.matmul(b.k(), b.normed(), a.keyValue().k(), Epilogue.NONE);
            ops.rmsNorm(b.k(), b.k(), a.keyValue().kNorm(), headDim, eps);
            ops.rope(b.k(), headDim, theta);
            ops.store(cache.keys(index), b.k());
            ops.matmul(b.v(), b.normed(), a.keyValue().v(), Epilogue.NONE);
            ops.rmsNorm(b.v(), b.v(), null, headDim, eps);
            ops.store(cache.values(index), b.v());
        }
        AttentionSpec spec = new AttentionSpec(
                config.numAttentionHeads(),
                config.numKeyValueHeads(),
                headDim,
                local ? config.slidingWindow() : Integer.MAX_VALUE,
                1);
        ops.attention(b.context(), b.q(), cache.keys(index), cache.values(index), spec);
        ops.matmul(b.update(), b.context(), a.o(), Epilogue.NONE);
    }

    /** Lets this layer's per-layer input into every stream but the first. */
    private void perLayerInput(Ops ops, DecoderBuffers b, DeviceTensor corrected) {
        int size = config.hiddenSizePerLayerInput();
        DeviceTensor state = corrected;
        if (config.altupCorrectScale()) {
            ops.multiply(b.normed(), corrected, w.altup().correctOutputScale());
            state = b.normed();
        }
        ops.matmul(b.perLayerGate(), state, w.perLayerInput().gate(), Epilogue.GELU_TANH);
        ops.multiply(b.perLayerGate(), b.perLayerGate(), b.perLayer().columns(index * size, size));
        ops.matmul(b.update(), b.perLayerGate(), w.perLayerInput().projection(), Epilogue.NONE);
        norm(ops, b.update(), b.update(), w.perLayerInput().norm());
        for (int stream = 1; stream < config.altupNumInputs(); stream++) {
            DeviceTensor s = b.predictions().get(stream);
            ops.add(s, s, b.update());
        }
    }

    private void norm(Ops ops, DeviceTensor out, DeviceTensor x, DeviceTensor weight) {
        ops.rmsNorm(out, x, weight, config.hiddenSize(), config.rmsNormEps());
    }
}
