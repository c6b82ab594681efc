package dev.matryoshka.engine.cpu;

import dev.matryoshka.engine.backend.Activation;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Loops over float32 arrays on the Vector API, tails included. */
final class VectorKernels {
    static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = F.length();
    private static final float SQRT_2_OVER_PI = (float) Math.sqrt(2 / Math.PI);

    private VectorKernels() {}

    /** Sum of {@code a[i] * b[i]}. */
    static float dot(float[] a, int aAt, float[] b, int bAt, int n) {
        FloatVector s0 = FloatVector.zero(F);
        FloatVector s1 = s0;
        int i = 0;
        for (; i <= n - 2 * LANES; i += 2 * LANES) {
            s0 = FloatVector.fromArray(F, a, aAt + i).fma(FloatVector.fromArray(F, b, bAt + i), s0);
            s1 = FloatVector.fromArray(F, a, aAt + i + LANES).fma(FloatVector.fromArray(F, b, bAt + i + LANES), s1);
        }
        for (; i <= n - LANES; i += LANES) {
            s0 = FloatVector.fromArray(F, a, aAt + i).fma(FloatVector.fromArray(F, b, bAt + i), s0);
        }
        float sum = s0.add(s1).reduceLanes(VectorOperators.ADD);
        for (; i < n; i++) {
            sum += a[aAt + i] * b[bAt + i];
        }
        return sum;
    }

    /** {@code y[i] += factor * x[i]}. */
    static void axpy(float[] y, int yAt, float factor, float[] x, int xAt, int n) {
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            FloatVector.fromArray(F, x, xAt + i)
                    .fma(FloatVector.broadcast(F, factor), FloatVector.fromArray(F, y, yAt + i))
                    .intoArray(y, yAt + i);
        }
        for (; i < n; i++) {
            y[yAt + i] += factor * x[xAt + i];
        }
    }

    /** {@code y += Σ weights[j] * x[j]} over some rows of x, {@code stride} apart; sums of four vectors stay in registers. */
    static void addWeighted(
            float[] y, int yAt, float[] weights, int from, float[] x, int xAt, int stride, int rows, int n) {
        int i = 0;
        for (; i <= n - 4 * LANES; i += 4 * LANES) {
            FloatVector s0 = FloatVector.fromArray(F, y, yAt + i);
            FloatVector s1 = FloatVector.fromArray(F, y, yAt + i + LANES);
            FloatVector s2 = FloatVector.fromArray(F, y, yAt + i + 2 * LANES);
            FloatVector s3 = FloatVector.fromArray(F, y, yAt + i + 3 * LANES);
            for (int j = 0; j < rows; j++) {
                int at = xAt + j * stride + i;
                FloatVector w = FloatVector.broadcast(F, weights[from + j]);
                s0 = FloatVector.fromArray(F, x, at).fma(w, s0);
                s1 = FloatVector.fromArray(F, x, at + LANES).fma(w, s1);
                s2 = FloatVector.fromArray(F, x, at + 2 * LANES).fma(w, s2);
                s3 = FloatVector.fromArray(F, x, at + 3 * LANES).fma(w, s3);
            }
            s0.intoArray(y, yAt + i);
            s1.intoArray(y, yAt + i + LANES);
            s2.intoArray(y, yAt + i + 2 * LANES);
            s3.intoArray(y, yAt + i + 3 * LANES);
        }
        for (int j = 0; i < n && j < rows; j++) {
            axpy(y, yAt + i, weights[from + j], x, xAt + j * stride + i, n - i);
        }
    }

    /** {@code out[i] = a[i] + b[i]}; the JIT vectorises it. */
    static void add(float[] out, int outAt, float[] a, int aAt, float[] b, int bAt, int n) {
        for (int i = 0; i < n; i++) {
            out[outAt + i] = a[aAt + i] + b[bAt + i];
        }
    }

    /** {@code out[i] = a[i] * b[i]}; the JIT vectorises it. */
    static void multiply(float[] out, int outAt, float[] a, int aAt, float[] b, int bAt, int n) {
        for (int i = 0; i < n; i++) {
            out[outAt + i] = a[aAt + i] * b[bAt + i];
        }
    }

    /** Sum of {@code x[i]}. */
    static float sum(float[] x, int at, int n) {
        FloatVector s = FloatVector.zero(F);
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            s = s.add(FloatVector.fromArray(F, x, at + i));
        }
        float sum = s.reduceLanes(VectorOperators.ADD);
        for (; i < n; i++) {
            sum += x[at + i];
        }
        return sum;
    }

    /** Sum of {@code (x[i] - mean)^2}. */
    static float sumSquaredDeviations(float[] x, int at, int n, float mean) {
        FloatVector s = FloatVector.zero(F);
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            FloatVector d = FloatVector.fromArray(F, x, at + i).sub(mean);
            s = d.fma(d, s);
        }
        float sum = s.reduceLanes(VectorOperators.ADD);
        for (; i < n; i++) {
            float d = x[at + i] - mean;
            sum += d * d;
        }
        return sum;
    }

    /** Softmax in place, subtracting the maximum first. */
    static void softmax(float[] x, int at, int n) {
        float max = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < n; i++) {
            max = Math.max(max, x[at + i]);
        }
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            FloatVector.fromArray(F, x, at + i)
                    .sub(max)
                    .lanewise(VectorOperators.EXP)
                    .intoArray(x, at + i);
        }
        for (; i < n; i++) {
            x[at + i] = (float) Math.exp(x[at + i] - max);
        }
        float inverse = 1 / sum(x, at, n);
        for (i = 0; i < n; i++) {
            x[at + i] *= inverse;
        }
    }

    /** {@code out[i] = activation(scale * x[i])}; out may be x. */
    static void activate(float[] out, int outAt, float[] x, int at, int n, float scale, Activation activation) {
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            FloatVector v = FloatVector.fromArray(F, x, at + i).mul(scale);
            activate(v, activation).intoArray(out, outAt + i);
        }
        for (; i < n; i++) {
            out[outAt + i] = activate(x[at + i] * scale, activation);
        }
    }

    private static FloatVector activate(FloatVector v, Activation activation) {
        return switch (activation) {
            case NONE -> v;
            case RELU -> v.max(0);
            case TANH -> v.lanewise(VectorOperators.TANH);
            case SILU -> v.div(v.neg().lanewise(VectorOperators.EXP).add(1));
            case GELU_TANH -> {
                FloatVector inner = v.mul(v).mul(0.044715f).add(1).mul(v).mul(SQRT_2_OVER_PI);
                yield v.mul(0.5f).mul(inner.lanewise(VectorOperators.TANH).add(1));
            }
        };
    }

    /** The scalar twin of the vector form. */
    static float activate(float v, Activation activation) {
        return switch (activation) {
            case NONE -> v;
            case RELU -> Math.max(v, 0);
            case TANH -> (float) Math.tanh(v);
            case SILU -> (float) (v / (1 + Math.exp(-v)));
            case GELU_TANH -> {
                float inner = SQRT_2_OVER_PI * v * (1 + 0.044715f * v * v);
                yield 0.5f * v * (1 + (float) Math.tanh(inner));
            }
        };
    }
}
