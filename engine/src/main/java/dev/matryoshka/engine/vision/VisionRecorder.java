package dev.matryoshka.engine.vision;

import dev.matryoshka.engine.backend.Activation;
import dev.matryoshka.engine.backend.ActivationPool;
import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.Epilogue;
import dev.matryoshka.engine.backend.Ops;
import dev.matryoshka.engine.backend.WindowSpec;

/** Steps that the tower's blocks share, recorded over pooled memory. Each returns a new map; its caller releases it. */
record VisionRecorder(Ops ops, ActivationPool pool) {
    private static final float EPS = 1e-6f;
    private static final int BAND = 2048;

    /** Convolution, kernel repacked, "same" padding. */
    FeatureMap convolution(FeatureMap x, DeviceTensor w, int kernel, int stride) {
        WindowSpec spec = WindowSpec.same(x.height(), x.width(), kernel, stride);
        DeviceTensor out = pool.acquire(spec.outPixels(), w.rows());
        DeviceTensor patches = pool.acquire(Math.min(BAND, spec.outPixels()), w.columns());
        ops.conv2d(out, x.values(), w, spec, patches);
        pool.release(patches);
        return new FeatureMap(out, spec.outHeight(), spec.outWidth());
    }

    FeatureMap depthwise(FeatureMap x, DeviceTensor w, int kernel, int stride) {
        WindowSpec spec = WindowSpec.same(x.height(), x.width(), kernel, stride);
        DeviceTensor out = pool.acquire(spec.outPixels(), x.channels());
        ops.depthwiseConv2d(out, x.values(), w, spec);
        return new FeatureMap(out, spec.outHeight(), spec.outWidth());
    }

    FeatureMap pointwise(FeatureMap x, DeviceTensor w) {
        DeviceTensor out = pool.acquire(x.pixels(), w.rows());
        ops.matmul(out, x.values(), w, Epilogue.NONE);
        return new FeatureMap(out, x.height(), x.width());
    }

    /** {@code RmsNormAct2d} in place. */
    void norm(FeatureMap x, DeviceTensor weight, Activation activation) {
        ops.rmsNorm(x.values(), x.values(), weight, x.channels(), EPS);
        if (activation != Activation.NONE) {
            ops.activate(x.values(), x.values(), activation);
        }
    }

    /** {@code RmsNorm2d} into a new map. */
    FeatureMap normed(FeatureMap x, DeviceTensor weight) {
        DeviceTensor out = pool.acquire(x.pixels(), x.channels());
        ops.rmsNorm(out, x.values(), weight, x.channels(), EPS);
        return new FeatureMap(out, x.height(), x.width());
    }

    void release(FeatureMap x) {
        pool.release(x.values());
    }
}
