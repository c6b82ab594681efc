package dev.matryoshka.engine.text;

import dev.matryoshka.engine.backend.Activation;
import dev.matryoshka.engine.backend.AltUpSpec;
import dev.matryoshka.engine.backend.AttentionSpec;
import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.FfnWeights;
import dev.matryoshka.engine.backend.Ops;
import dev.matryoshka.engine.cache.KvCache;
import dev.matryoshka.engine.config.TextConfig;
import dev.matryoshka.engine.config.TextConfig.LayerType;
import dev.matryoshka.engine.lora.LoraTarget;
import java.util.List;

/**
 * One layer of the decoder ({@code Gemma3nTextDecoderLayer}).
 *
 * @param index original index in the checkpoint
 * @param width feed-forward units in use
 * @param linears with what adapters add to them
 */
record DecoderLayer(TextConfig config, int index, int width, LayerWeights w, Linears linears) {
    /** Records {@code streams} to {@code predictions}; keys and values go to the cache on the way. */
    void record(Ops ops, DecoderBuffers b, KvCache cache) {
        AltUpSpec.Scratch scratch = new AltUpSpec.Scratch(b.modalities(), b.coefs());
        DeviceTensor active = b.predictions().get(config.altupActiveIdx());
        ops.enterLayer(b.predictions(), b.normed(), b.streams(), w.altup(), w.inputNorm(), scratch);
        linear(
                ops,
                LoraTarget.LAUREL_LEFT,
                b.laurelLow(),
                b.normed(),
                w.laurel().left());
        linear(
                ops,
                LoraTarget.LAUREL_RIGHT,
                b.laurel(),
                b.laurelLow(),
                w.laurel().right());
        attention(ops, b, cache);
        List<DeviceTensor> norms = List.of(w.postAttentionNorm(), w.laurel().norm(), w.preFeedforwardNorm());
        ops.joinAttention(b.active(), b.normed(), active, b.update(), b.laurel(), norms, config.rmsNormEps());
        feedForward(ops, b);
        ops.leaveLayer(
                b.predictions(), b.normed(), b.active(), b.update(), w.postFeedforwardNorm(), w.altup(), scratch);
        perLayerInput(ops, b);
    }

    private void linear(Ops ops, LoraTarget target, DeviceTensor out, DeviceTensor x, DeviceTensor weight) {
        linears.record(ops, target, out, x, weight, Activation.NONE);
    }

    /** {@code Gemma3nTextMLP}; in its parts where an adapter changes one of them. */
    private void feedForward(Ops ops, DecoderBuffers b) {
        FfnWeights ffn = w.ffn().narrow(width);
        float sparsity = config.activationSparsityPattern().get(index);
        if (!linears.adapts(LoraTarget.GATE, LoraTarget.UP, LoraTarget.DOWN)) {
            ops.gatedFfn(b.update(), b.normed(), ffn, b.gate(), b.up(), sparsity);
            return;
        }
        DeviceTensor gate = b.gate().columns(0, width);
        DeviceTensor up = b.up().columns(0, width);
        linear(ops, LoraTarget.GATE, gate, b.normed(), ffn.gate());
        if (sparsity > 0) {
            ops.gaussianTopK(gate, sparsity);
        }
        ops.activate(gate, gate, Activation.GELU_TANH);
        linear(ops, LoraTarget.UP, up, b.normed(), ffn.up());
        ops.multiply(gate, gate, up);
        linear(ops, LoraTarget.DOWN, b.update(), gate, ffn.down());
    }

    /** {@code Gemma3nTextAttention}; the scale is 1, since queries and keys are normed. */
    private void attention(Ops ops, DecoderBuffers b, KvCache cache) {
        boolean local = config.layerTypes().get(index) == LayerType.LOCAL;
        float theta = local ? config.ropeThetaLocal() : config.ropeThetaGlobal();
        int headDim = config.headDim();
        float eps = config.rmsNormEps();
        LayerWeights.Attention a = w.attention();
        linear(ops, LoraTarget.Q, b.q(), b.normed(), a.q());
        ops.normRope(b.q(), a.qNorm(), headDim, theta, eps);
        if (a.keyValue() != null) {
            linear(ops, LoraTarget.K, b.k(), b.normed(), a.keyValue().k());
            linear(ops, LoraTarget.V, b.v(), b.normed(), a.keyValue().v());
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
        linear(ops, LoraTarget.O, b.update(), b.context(), a.o());
    }

    /** Lets this layer's per-layer input into every stream but the first. */
    private void perLayerInput(Ops ops, DecoderBuffers b) {
        int size = config.hiddenSizePerLayerInput();
        linears.record(
                ops,
                LoraTarget.PER_LAYER_GATE,
                b.perLayerGate(),
                b.normed(),
                w.perLayerInput().gate(),
                Activation.GELU_TANH);
        ops.multiply(b.perLayerGate(), b.perLayerGate(), b.perLayer().columns(index * size, size));
        linear(
                ops,
                LoraTarget.PER_LAYER_PROJECTION,
                b.update(),
                b.perLayerGate(),
                w.perLayerInput().projection());
        List<DeviceTensor> others = b.predictions().subList(1, config.altupNumInputs());
        ops.addNormed(others, b.update(), w.perLayerInput().norm(), config.rmsNormEps());
    }
}
