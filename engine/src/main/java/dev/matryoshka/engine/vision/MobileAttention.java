package dev.matryoshka.engine.vision;

import dev.matryoshka.engine.backend.Activation;
import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.Epilogue;
import dev.matryoshka.engine.backend.WeightReader;
import org.jspecify.annotations.Nullable;

/** {@code timm MobileAttention} with {@code MultiQueryAttention2d}: keys and values of one head, from a smaller picture. */
record MobileAttention(
        BlockSpec.Attention spec,
        DeviceTensor norm,
        DeviceTensor query,
        KeyValue key,
        KeyValue value,
        DeviceTensor output,
        DeviceTensor layerScale,
        boolean skip)
        implements VisionBlock {
    private static final int SCORES = 1 << 20;

    /** A projection, after a strided depthwise convolution where the picture is made smaller. */
    record KeyValue(@Nullable DeviceTensor kernel, @Nullable DeviceTensor norm, DeviceTensor projection) {
        static KeyValue load(WeightReader w, BlockSpec.Attention spec, int in) {
            boolean smaller = spec.keyValueStride() > 1;
            return new KeyValue(
                    smaller ? w.depthwise("down_conv.weight", in, spec.kernel(), spec.kernel()) : null,
                    smaller ? w.vector("norm.weight", in) : null,
                    w.pointwise("proj.weight", spec.headDim(), in));
        }

        FeatureMap record(VisionRecorder r, FeatureMap x, BlockSpec.Attention spec) {
            if (kernel == null || norm == null) {
                return r.pointwise(x, projection);
            }
            FeatureMap small = r.depthwise(x, kernel, spec.kernel(), spec.keyValueStride());
            r.norm(small, norm, Activation.NONE);
            FeatureMap out = r.pointwise(small, projection);
            r.release(small);
            return out;
        }
    }

    static MobileAttention load(WeightReader w, BlockSpec.Attention spec, int in) {
        int width = spec.heads() * spec.headDim();
        return new MobileAttention(
                spec,
                w.vector("norm.weight", in),
                w.pointwise("attn.query.proj.weight", width, in),
                KeyValue.load(w.below("attn.key."), spec, in),
                KeyValue.load(w.below("attn.value."), spec, in),
                w.pointwise("attn.output.proj.weight", spec.channels(), width),
                w.vector("layer_scale.gamma", spec.channels()),
                in == spec.channels());
    }

    @Override
    public FeatureMap record(VisionRecorder r, FeatureMap x) {
        FeatureMap normed = r.normed(x, norm);
        FeatureMap k = key.record(r, normed, spec);
        FeatureMap v = value.record(r, normed, spec);
        DeviceTensor q = r.pool().acquire(x.pixels(), query.rows());
        r.ops().matmul(q, normed.values(), query, Epilogue.scale((float) (1 / Math.sqrt(spec.headDim()))));
        r.release(normed);

        int queries = x.pixels() * spec.heads();
        DeviceTensor context = r.pool().acquire(x.pixels(), query.rows());
        DeviceTensor scores = r.pool().acquire(Math.clamp(SCORES / k.pixels(), 1, queries), k.pixels());
        DeviceTensor transposed = r.pool().acquire(spec.headDim(), k.pixels());
        r.ops()
                .multiQueryAttention(
                        context.reshape(queries, spec.headDim()),
                        q.reshape(queries, spec.headDim()),
                        k.values(),
                        v.values(),
                        scores,
                        transposed);
        r.pool().release(scores);
        r.pool().release(transposed);
        r.pool().release(q);
        r.release(k);
        r.release(v);

        FeatureMap out = r.pointwise(new FeatureMap(context, x.height(), x.width()), output);
        r.pool().release(context);
        r.ops().multiply(out.values(), out.values(), layerScale);
        if (skip) {
            r.ops().add(out.values(), out.values(), x.values());
        }
        r.release(x);
        return out;
    }
}
