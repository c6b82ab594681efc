package dev.matryoshka.engine.audio;

import dev.matryoshka.engine.backend.Activation;
import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.Epilogue;
import dev.matryoshka.engine.backend.LocalAttentionSpec;
import dev.matryoshka.engine.backend.Ops;
import dev.matryoshka.engine.config.AudioConfig;

/**
 * One block of the Conformer ({@code Gemma3nAudioConformerBlock}; Gulati et al., "Conformer", 2020; Zhang et al., "Google
 * USM", 2023): half feed-forward, local attention, light convolution, half feed-forward.
 */
record ConformerBlock(AudioConfig config, ConformerWeights w) {
    /** {@code Gemma3nAudioConformerAttention} and {@code …FeedForward} leave their norms' epsilon at its default. */
    private static final float DEFAULT_EPS = 1e-6f;

    /** Frames that a query sees before its own. */
    static int past(AudioConfig config) {
        return Math.max(0, config.attentionContextLeft() - 1);
    }

    /** Records the block in place on {@code b.x()}. */
    void record(Ops ops, ConformerBuffers b) {
        feedForward(ops, b, w.start());
        attention(ops, b);
        ops.scaleRows(b.x(), b.valid());
        convolution(ops, b);
        feedForward(ops, b, w.end());
        ops.clamp(b.x(), config.gradientClipping());
        norm(ops, b.x(), b.x(), w.norm(), DEFAULT_EPS);
    }

    private void feedForward(Ops ops, ConformerBuffers b, ConformerWeights.FeedForward f) {
        ops.scale(b.normed(), b.x(), 1);
        ops.clamp(b.normed(), config.gradientClipping());
        norm(ops, b.normed(), b.normed(), f.preNorm(), DEFAULT_EPS);
        ops.matmul(b.wide(), b.normed(), f.up(), Epilogue.SILU);
        ops.matmul(b.normed(), b.wide(), f.down(), Epilogue.NONE);
        ops.clamp(b.normed(), config.gradientClipping());
        norm(ops, b.normed(), b.normed(), f.postNorm(), DEFAULT_EPS);
        ops.scale(b.normed(), b.normed(), config.residualWeight());
        ops.add(b.x(), b.x(), b.normed());
    }

    private void attention(Ops ops, ConformerBuffers b) {
        ConformerWeights.Attention a = w.attention();
        ops.scale(b.normed(), b.x(), 1);
        ops.clamp(b.normed(), config.gradientClipping());
        norm(ops, b.normed(), b.normed(), a.preNorm(), DEFAULT_EPS);
        ops.matmul(b.q(), b.normed(), a.q(), Epilogue.NONE);
        ops.multiply(b.q(), b.q(), a.queryScale());
        ops.matmul(b.k(), b.normed(), a.k(), Epilogue.NONE);
        ops.matmul(b.v(), b.normed(), a.v(), Epilogue.NONE);
        ops.matmul(b.positions(), b.timing(), a.positions(), Epilogue.NONE);
        LocalAttentionSpec spec = new LocalAttentionSpec(
                config.numAttentionHeads(),
                config.hiddenSize() / config.numAttentionHeads(),
                config.attentionChunkSize(),
                past(config),
                config.attentionContextRight(),
                config.attentionLogitCap());
        ops.localAttention(b.context(), b.q(), b.k(), b.v(), b.positions(), b.valid(), spec);
        ops.matmul(b.normed(), b.context(), a.post(), Epilogue.NONE);
        ops.clamp(b.normed(), config.gradientClipping());
        norm(ops, b.normed(), b.normed(), a.postNorm(), DEFAULT_EPS);
        ops.add(b.x(), b.x(), b.normed());
    }

    private void convolution(Ops ops, ConformerBuffers b) {
        ConformerWeights.LightConvolution c = w.convolution();
        DeviceTensor gated = b.wide().columns(0, 2 * config.hiddenSize());
        norm(ops, b.normed(), b.x(), c.preNorm(), config.rmsNormEps());
        ops.matmul(gated, b.normed(), c.start(), Epilogue.NONE);
        ops.glu(b.normed(), gated);
        ops.depthwiseConv1d(b.context(), b.normed(), c.kernel());
        ops.clamp(b.context(), config.gradientClipping());
        norm(ops, b.context(), b.context(), c.norm(), config.rmsNormEps());
        ops.activate(b.context(), b.context(), Activation.SILU);
        ops.matmul(b.normed(), b.context(), c.end(), Epilogue.NONE);
        ops.add(b.x(), b.x(), b.normed());
    }

    private void norm(Ops ops, DeviceTensor out, DeviceTensor x, DeviceTensor weight, float eps) {
        ops.rmsNorm(out, x, weight, config.hiddenSize(), eps);
    }
}
