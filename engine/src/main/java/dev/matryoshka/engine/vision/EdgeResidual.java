package dev.matryoshka.engine.vision;

import dev.matryoshka.engine.backend.Activation;
import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.WeightReader;

/** {@code timm EdgeResidual} (FusedMBConv): full convolution that expands, pointwise one that projects. */
record EdgeResidual(
        BlockSpec.Edge spec,
        DeviceTensor expand,
        DeviceTensor expandNorm,
        DeviceTensor project,
        DeviceTensor projectNorm,
        boolean skip)
        implements VisionBlock {
    static EdgeResidual load(WeightReader w, BlockSpec.Edge spec, int in) {
        int middle = MobileNetV5Spec.divisible(in * spec.expansion());
        return new EdgeResidual(
                spec,
                w.convolution("conv_exp.weight", middle, in, spec.kernel(), spec.kernel()),
                w.vector("bn1.weight", middle),
                w.pointwise("conv_pwl.weight", spec.channels(), middle),
                w.vector("bn2.weight", spec.channels()),
                in == spec.channels() && spec.stride() == 1);
    }

    @Override
    public FeatureMap record(VisionRecorder r, FeatureMap x) {
        FeatureMap middle = r.convolution(x, expand, spec.kernel(), spec.stride());
        r.norm(middle, expandNorm, Activation.GELU_TANH);
        FeatureMap out = r.pointwise(middle, project);
        r.release(middle);
        r.norm(out, projectNorm, Activation.NONE);
        if (skip) {
            r.ops().add(out.values(), out.values(), x.values());
        }
        r.release(x);
        return out;
    }
}
