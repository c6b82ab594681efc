package dev.matryoshka.engine.audio;

import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.config.AudioConfig;
import dev.matryoshka.engine.weights.DType;
import dev.matryoshka.engine.weights.Tensor;
import dev.matryoshka.engine.weights.WeightSource;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** Weights of one Conformer block, by the names of {@code Gemma3nAudioConformerBlock}. */
record ConformerWeights(
        FeedForward start, Attention attention, LightConvolution convolution, FeedForward end, DeviceTensor norm) {
    /** Half-step feed-forward. */
    record FeedForward(DeviceTensor preNorm, DeviceTensor up, DeviceTensor down, DeviceTensor postNorm) {
        static FeedForward load(Reader in, int hidden) {
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
        static Attention load(Reader in, AudioConfig c) {
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

        private static DeviceTensor queryScale(Reader in, AudioConfig c) {
            int headDim = c.hiddenSize() / c.numAttentionHeads();
            float[] perDim = in.source()
                    .require(in.prefix() + "attn.per_dim_scale", headDim)
                    .toFloats();
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
        static LightConvolution load(Reader in, AudioConfig c) {
            int hidden = c.hiddenSize();
            return new LightConvolution(
                    in.vector("pre_layer_norm.weight", hidden),
                    in.matrix("linear_start.weight", 2 * hidden, hidden),
                    in.depthwise("depthwise_conv1d.weight", hidden, c.convKernelSize()),
                    in.vector("conv_norm.weight", hidden),
                    in.matrix("linear_end.weight", hidden, hidden));
        }
    }

    static ConformerWeights load(Reader in, AudioConfig c) {
        return new ConformerWeights(
                FeedForward.load(in.below("ffw_layer_start."), c.hiddenSize()),
                Attention.load(in.below("attention."), c),
                LightConvolution.load(in.below("lconv1d."), c),
                FeedForward.load(in.below("ffw_layer_end."), c.hiddenSize()),
                in.vector("norm.weight", c.hiddenSize()));
    }

    /** Reads tensors below a prefix. */
    record Reader(WeightSource source, Backend backend, String prefix) {
        Reader below(String more) {
            return new Reader(source, backend, prefix + more);
        }

        DeviceTensor vector(String name, int size) {
            return backend.load(source.require(prefix + name, size));
        }

        DeviceTensor matrix(String name, int rows, int columns) {
            return backend.load(source.require(prefix + name, rows, columns));
        }

        /** A depthwise kernel [channels, 1, taps] as float32 [taps, channels]. */
        DeviceTensor depthwise(String name, int channels, int taps) {
            float[] kernel = source.require(prefix + name, channels, 1, taps).toFloats();
            float[] turned = new float[kernel.length];
            for (int i = 0; i < kernel.length; i++) {
                turned[i % taps * channels + i / taps] = kernel[i];
            }
            return backend.load(floats(name, turned, taps, channels));
        }

        /** A convolution [out, in, kh, kw] as float32 [out, kh * kw * in]. */
        DeviceTensor convolution(String name, int out, int in, int height, int width) {
            float[] kernel =
                    source.require(prefix + name, out, in, height, width).toFloats();
            int taps = height * width;
            float[] turned = new float[kernel.length];
            for (int i = 0; i < kernel.length; i++) {
                int tap = i % taps;
                int channel = i / taps % in;
                turned[i / (taps * in) * taps * in + tap * in + channel] = kernel[i];
            }
            return backend.load(floats(name, turned, out, taps * in));
        }

        DeviceTensor constant(String name, float[] values) {
            return backend.load(floats(name, values, 1, values.length));
        }

        private Tensor floats(String name, float[] values, int rows, int columns) {
            MemorySegment data = Arena.ofAuto().allocate((long) values.length * Float.BYTES, 64);
            MemorySegment.copy(values, 0, data, ValueLayout.JAVA_FLOAT, 0, values.length);
            return new Tensor(prefix + name, DType.F32, List.of(rows, columns), data);
        }
    }
}
