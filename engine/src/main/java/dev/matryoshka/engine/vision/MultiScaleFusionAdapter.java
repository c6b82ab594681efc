package dev.matryoshka.engine.vision;

import dev.matryoshka.engine.backend.Activation;
import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.ResizeSpec;
import dev.matryoshka.engine.backend.WeightReader;
import dev.matryoshka.engine.backend.WindowSpec;

/**
 * {@code MobileNetV5MultiScaleFusionAdapter}: the last stages' outputs at the finest one's size, side by side, through an
 * inverted residual, then down to a fixed square.
 */
record MultiScaleFusionAdapter(UniversalInvertedResidual ffn, DeviceTensor norm, int side) {
    static MultiScaleFusionAdapter load(WeightReader w, int in, int out, int side) {
        BlockSpec.Inverted spec = new BlockSpec.Inverted(0, 0, 1, MobileNetV5Spec.FUSION_EXPANSION, out);
        return new MultiScaleFusionAdapter(
                UniversalInvertedResidual.plain(w.below("ffn."), spec, in), w.vector("norm.weight", out), side);
    }

    /** Records the fusion of a fine and a coarse map; takes both over. */
    FeatureMap record(VisionRecorder r, FeatureMap fine, FeatureMap coarse) {
        DeviceTensor both = r.pool().acquire(fine.pixels(), fine.channels() + coarse.channels());
        r.ops().scale(both.columns(0, fine.channels()), fine.values(), 1);
        r.ops()
                .resizeNearest(
                        both.columns(fine.channels(), coarse.channels()),
                        coarse.values(),
                        new ResizeSpec(coarse.height(), coarse.width(), fine.height(), fine.width()));
        FeatureMap fused = ffn.record(r, new FeatureMap(both, fine.height(), fine.width()));
        r.release(fine);
        r.release(coarse);
        FeatureMap out = resized(r, fused);
        r.norm(out, norm, Activation.NONE);
        return out;
    }

    private FeatureMap resized(VisionRecorder r, FeatureMap x) {
        if (x.height() == side && x.width() == side) {
            return x;
        }
        DeviceTensor out = r.pool().acquire(side * side, x.channels());
        if (x.height() % side == 0 && x.width() % side == 0) {
            int strideY = x.height() / side;
            int strideX = x.width() / side;
            r.ops()
                    .averagePool2d(
                            out,
                            x.values(),
                            new WindowSpec(
                                    x.height(), x.width(), side, side, strideY, strideX, strideY, strideX, 0, 0));
        } else {
            r.ops().resizeBilinear(out, x.values(), new ResizeSpec(x.height(), x.width(), side, side));
        }
        r.release(x);
        return new FeatureMap(out, side, side);
    }
}
