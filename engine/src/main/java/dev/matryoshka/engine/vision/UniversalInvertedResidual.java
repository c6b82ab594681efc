package dev.matryoshka.engine.vision;

import dev.matryoshka.engine.backend.Activation;
import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.WeightReader;
import org.jspecify.annotations.Nullable;

/**
 * {@code timm UniversalInvertedResidual} (Qin et al., "MobileNetV4", 2024): optional depthwise convolution, expansion,
 * optional depthwise convolution, projection, layer scale.
 */
record UniversalInvertedResidual(
        BlockSpec.Inverted spec,
        @Nullable Depthwise start,
        DeviceTensor expand,
        DeviceTensor expandNorm,
        @Nullable Depthwise middle,
        DeviceTensor project,
        DeviceTensor projectNorm,
        @Nullable DeviceTensor layerScale,
        boolean skip)
        implements VisionBlock {
    /** A depthwise convolution and its norm. */
    record Depthwise(DeviceTensor kernel, DeviceTensor norm) {
        static @Nullable Depthwise load(WeightReader w, int channels, int size) {
            return size == 0
                    ? null
                    : new Depthwise(w.depthwise("conv.weight", channels, size, size), w.vector("bn.weight", channels));
        }
    }

    static UniversalInvertedResidual load(WeightReader w, BlockSpec.Inverted spec, int in) {
        return load(
                w,
                spec,
                in,
                w.vector("layer_scale.gamma", spec.channels()),
                in == spec.channels() && spec.stride() == 1);
    }

    /** The fusion adapter's block: neither layer scale nor skip. */
    static UniversalInvertedResidual plain(WeightReader w, BlockSpec.Inverted spec, int in) {
        return load(w, spec, in, null, false);
    }

    private static UniversalInvertedResidual load(
            WeightReader w, BlockSpec.Inverted spec, int in, @Nullable DeviceTensor layerScale, boolean skip) {
        int wide = MobileNetV5Spec.divisible(in * spec.expansion());
        return new UniversalInvertedResidual(
                spec,
                Depthwise.load(w.below("dw_start."), in, spec.startKernel()),
                w.pointwise("pw_exp.conv.weight", wide, in),
                w.vector("pw_exp.bn.weight", wide),
                Depthwise.load(w.below("dw_mid."), wide, spec.middleKernel()),
                w.pointwise("pw_proj.conv.weight", spec.channels(), wide),
                w.vector("pw_proj.bn.weight", spec.channels()),
                layerScale,
                skip);
    }

    @Override
    public FeatureMap record(VisionRecorder r, FeatureMap x) {
        FeatureMap narrow = x;
        if (start != null) {
            narrow = r.depthwise(x, start.kernel(), spec.startKernel(), middle == null ? spec.stride() : 1);
            r.norm(narrow, start.norm(), Activation.NONE);
        }
        FeatureMap wide = r.pointwise(narrow, expand);
        r.norm(wide, expandNorm, Activation.GELU_TANH);
        if (start != null) {
            r.release(narrow);
        }
        if (middle != null) {
            FeatureMap mixed = r.depthwise(wide, middle.kernel(), spec.middleKernel(), spec.stride());
            r.norm(mixed, middle.norm(), Activation.GELU_TANH);
            r.release(wide);
            wide = mixed;
        }
        FeatureMap out = r.pointwise(wide, project);
        r.release(wide);
        r.norm(out, projectNorm, Activation.NONE);
        if (layerScale != null) {
            r.ops().multiply(out.values(), out.values(), layerScale);
        }
        if (skip) {
            r.ops().add(out.values(), out.values(), x.values());
        }
        r.release(x);
        return out;
    }
}
