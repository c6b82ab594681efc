package dev.matryoshka.engine.text;

import dev.matryoshka.engine.backend.AltUpSpec;
import dev.matryoshka.engine.backend.AttentionSpec;
import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.Epilogue;
import dev.matryoshka.engine.backend.Ops;
import dev.matryoshka.engine.cache.KvCache;
import dev.matryoshka.engine.config.TextConfig;
import dev.matryoshka.engine.config.TextConfig.LayerType;
import java.util.List;

/**
 * One layer of the decoder ({@code Gemma3nTextDecoderLayer}).
 *
 * @param index original index in the checkpoint
 * @param width feed-forward units in use
 */
record DecoderLayer(TextConfig config, int index, int width, LayerWeights w) {
    /** Records {@code streams} to {@code predictions}; keys and values go to the cache on the way. */
    void record(Ops ops, DecoderBuffers b, KvCache cache) {
        AltUpSpec.Scratch scratch = new AltUpSpec.Scratch(b.modalities(), b.coefs());
        DeviceTensor active = b.predictions().get(config.altupActiveIdx());
        ops.enterLayer(b.predictions(), b.normed(), b.streams(), w.altup(), w.inputNorm(), scratch);
        ops.matmul(b.laurelLow(), b.normed(), w.laurel().left(), Epilogue.NONE);
        ops.matmul(b.laurel(), b.laurelLow(), w.laurel().right(), Epilogue.NONE);
        attention(ops, b, cache);
        List<DeviceTensor> norms = List.of(w.postAttentionNorm(), w.laurel().norm(), w.preFeedforwardNorm());
        ops.joinAttention(b.active(), b.normed(), active, b.update(), b.laurel(), norms, config.rmsNormEps());
        ops.gatedFfn(
                b.update(),
                b.normed(),
                w.ffn().narrow(width),
                b.gate(),
                b.up(),
                config.activationSparsityPattern().get(index));
        ops.leaveLayer(
                b.predictions(), b.normed(), b.active(), b.update(), w.postFeedforwardNorm(), w.altup(), scratch);
        perLayerInput(ops, b);
    }

    /** {@code Gemma3nTextAttention}; the scale is 1, since queries and keys are normed. */
    private void attention(Ops ops, DecoderBuffers b, KvCache cache) {
        boolean local = config.layerTypes().get(index) == LayerType.LOCAL;
        float theta = local ? config.ropeThetaLocal() : config.ropeThetaGlobal();
        int headDim = config.headDim();
        float eps = config.rmsNormEps();
        LayerWeights.Attention a = w.attention();
        ops.matmul(b.q(), b.normed(), a.q(), Epilogue.NONE);
        ops.normRope(b.q(), a.qNorm(), headDim, theta, eps);
        if (a.keyValue() != null) {
            ops.matmul(b.k(), b.normed(), a.keyValue().k(), Epilogue.NONE);
            ops.matmul(b.v(), b.normed(), a.keyValue().v(), Epilogue.NONE);
            ops.storeKeys(cache.keys(index), b.k(), a.keyValue().kNorm(), headDim, theta, eps);
            ops.storeValues(cache.values(index), b.v(), headDim, eps);
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
    private void perLayerInput(Ops ops, DecoderBuffers b) {
        int size = config.hiddenSizePerLayerInput();
        ops.matmul(b.perLayerGate(), b.normed(), w.perLayerInput().gate(), Epilogue.GELU_TANH);
        ops.multiply(b.perLayerGate(), b.perLayerGate(), b.perLayer().columns(index * size, size));
        ops.matmul(b.update(), b.perLayerGate(), w.perLayerInput().projection(), Epilogue.NONE);
        List<DeviceTensor> others = b.predictions().subList(1, config.altupNumInputs());
        ops.addNormed(others, b.update(), w.perLayerInput().norm(), config.rmsNormEps());
    }
}
