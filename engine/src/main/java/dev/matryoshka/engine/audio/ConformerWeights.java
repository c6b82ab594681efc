package dev.matryoshka.engine.audio;

import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.WeightReader;
import dev.matryoshka.engine.config.AudioConfig;

/** Weights of one Conformer block, by the names of {@code Gemma3nAudioConformerBlock}. */
record ConformerWeights(
        FeedForward start, Attention attention, LightConvolution convolution, FeedForward end, DeviceTensor norm) {
    /** Half-step feed-forward. */
    record FeedForward(DeviceTensor preNorm, DeviceTensor up, DeviceTensor down, DeviceTensor postNorm) {
        static FeedForward load(WeightReader in, int hidden) {
            return new FeedForward(
                    in.vector("pre_layer_norm.weight", hidden),
                    in.matrix("ffw_layer_1.weight", 4 * hidden, hidden),
                    in.matrix("ffw_layer_2.weight", hidden, 4 * hidden),
                    in.vector("post_layer_norm.weight", hidden));
        }
    }

    /**
     * Local attention.
     *
     * @param queryScale [1, hidden]: softplus of per_dim_scale, over softplus(0) and the root of the head's width
     */
    record Attention(
            DeviceTensor preNorm,
            DeviceTensor q,
            DeviceTensor k,
            DeviceTensor v,
            DeviceTensor positions,
            DeviceTensor queryScale,
            DeviceTensor post,
            DeviceTensor postNorm) {
        static Attention load(WeightReader in, AudioConfig c) {
            int hidden = c.hiddenSize();
            return new Attention(
                    in.vector("pre_attn_norm.weight", hidden),
                    in.matrix("attn.q_proj.weight", hidden, hidden),
                    in.matrix("attn.k_proj.weight", hidden, hidden),
                    in.matrix("attn.v_proj.weight", hidden, hidden),
                    in.matrix("attn.relative_position_embedding.pos_proj.weight", hidden, hidden),
                    queryScale(in, c),
                    in.matrix("post.weight", hidden, hidden),
                    in.vector("post_norm.weight", hidden));
        }

        private static DeviceTensor queryScale(WeightReader in, AudioConfig c) {
            int headDim = c.hiddenSize() / c.numAttentionHeads();
            float[] perDim = in.require("attn.per_dim_scale", headDim).toFloats();
            float[] scale = new float[c.hiddenSize()];
            double factor = 1 / (Math.sqrt(headDim) * Math.log(2));
            for (int i = 0; i < scale.length; i++) {
                scale[i] = (float) (Math.log1p(Math.exp(perDim[i % headDim])) * factor);
            }
            return in.constant("query_scale", scale);
        }
    }

    /** Gated causal depthwise convolution. */
    record LightConvolution(
            DeviceTensor preNorm, DeviceTensor start, DeviceTensor kernel, DeviceTensor norm, DeviceTensor end) {
        static LightConvolution load(WeightReader in, AudioConfig c) {
            int hidden = c.hiddenSize();
            return new LightConvolution(
                    in.vector("pre_layer_norm.weight", hidden),
                    in.matrix("linear_start.weight", 2 * hidden, hidden),
                    in.depthwise("depthwise_conv1d.weight", hidden, c.convKernelSize()),
                    in.vector("conv_norm.weight", hidden),
                    in.matrix("linear_end.weight", hidden, hidden));
        }
    }

    static ConformerWeights load(WeightReader in, AudioConfig c) {
        return new ConformerWeights(
                FeedForward.load(in.below("ffw_layer_start."), c.hiddenSize()),
                Attention.load(in.below("attention."), c),
                LightConvolution.load(in.below("lconv1d."), c),
                FeedForward.load(in.below("ffw_layer_end."), c.hiddenSize()),
                in.vector("norm.weight", c.hiddenSize()));
    }
}
