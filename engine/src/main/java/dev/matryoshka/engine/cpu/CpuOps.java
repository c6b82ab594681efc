package dev.matryoshka.engine.cpu;

import dev.matryoshka.engine.backend.Activation;
import dev.matryoshka.engine.backend.AttentionSpec;
import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.Epilogue;
import dev.matryoshka.engine.backend.FfnWeights;
import dev.matryoshka.engine.backend.LocalAttentionSpec;
import dev.matryoshka.engine.backend.NormalDistribution;
import dev.matryoshka.engine.backend.Ops;
import dev.matryoshka.engine.backend.ResizeSpec;
import dev.matryoshka.engine.backend.StepParams;
import dev.matryoshka.engine.backend.WindowSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Records operations as steps on heap arrays. */
final class CpuOps implements Ops {
    /** Elements of cheap work under which a loop stays on one thread. */
    private static final int SMALL = 1 << 13;

    private final WorkerPool pool;
    private final List<Step> steps = new ArrayList<>();

    CpuOps(WorkerPool pool) {
        this.pool = pool;
    }

    List<Step> steps() {
        return List.copyOf(steps);
    }

    /** Work on one live row of an output. */
    @FunctionalInterface
    private interface RowBody {
        void run(StepParams params, int row);
    }

    /** Records a loop over the live rows of {@code out}. */
    private void eachRow(DeviceTensor out, int costPerRow, RowBody body) {
        int rows = out.rows();
        int grain = Math.max(1, SMALL / Math.max(1, costPerRow));
        steps.add(params -> pool.run(params.live(rows), grain, (from, to) -> {
            for (int row = from; row < to; row++) {
                body.run(params, row);
            }
        }));
    }

    @Override
    public void matmul(DeviceTensor out, DeviceTensor x, DeviceTensor w, Epilogue epilogue) {
        Matmul product = new Matmul(pool, out, x, w, epilogue);
        int rows = out.rows();
        steps.add(params -> product.run(params.live(rows)));
    }

    @Override
    public void rmsNorm(DeviceTensor out, DeviceTensor x, @Nullable DeviceTensor weight, int width, float eps) {
        Rows o = Rows.of(out);
        Rows in = Rows.of(x);
        float @Nullable [] w = weight == null ? null : constant(weight, width);
        eachRow(out, o.columns(), (params, row) -> {
            for (int c = 0; c < o.columns(); c += width) {
                int from = in.at(row) + c;
                int to = o.at(row) + c;
                float meanSquare = VectorKernels.dot(in.values(), from, in.values(), from, width) / width;
                float factor = (float) (1 / Math.sqrt(meanSquare + eps));
                for (int i = 0; i < width; i++) {
                    float value = in.values()[from + i] * factor;
                    o.values()[to + i] = w == null ? value : value * w[i];
                }
            }
        });
    }

    /** A small weight as float32, read once when recorded. */
    static float[] constant(DeviceTensor weight, int count) {
        if (weight.rows() * weight.columns() != count) {
            throw new IllegalArgumentException(
                    "a vector of " + count + " wanted, not " + weight.rows() + " x " + weight.columns());
        }
        float[] values = new float[count];
        WeightRows rows = WeightRows.of(weight);
        for (int row = 0; row < weight.rows(); row++) {
            rows.unpack(row, 0, weight.columns(), values, row * weight.columns());
        }
        return values;
    }

    @Override
    public void add(DeviceTensor out, DeviceTensor a, DeviceTensor b) {
        eachPair(out, a, b, VectorKernels::add);
    }

    @Override
    public void multiply(DeviceTensor out, DeviceTensor a, DeviceTensor b) {
        eachPair(out, a, b, VectorKernels::multiply);
    }

    /** A loop over two rows. */
    @FunctionalInterface
    private interface PairLoop {
        void run(float[] out, int outAt, float[] a, int aAt, float[] b, int bAt, int n);
    }

    private void eachPair(DeviceTensor out, DeviceTensor a, DeviceTensor b, PairLoop loop) {
        Rows o = Rows.of(out);
        Rows p = Rows.of(a);
        Rows q = operand(b, o.columns());
        eachRow(
                out,
                o.columns(),
                (params, row) -> loop.run(
                        o.values(), o.at(row), p.values(), p.at(row), q.values(), q.broadcastAt(row), o.columns()));
    }

    /** An activation, or a small weight as one row for all. */
    private static Rows operand(DeviceTensor b, int columns) {
        return b.storage() instanceof CpuStorage.Mapped
                ? new Rows(constant(b, columns), 0, 1, columns, columns)
                : Rows.of(b);
    }

    @Override
    public void scale(DeviceTensor out, DeviceTensor x, float factor) {
        activate(out, x, new Epilogue(factor, Activation.NONE));
    }

    @Override
    public void activate(DeviceTensor out, DeviceTensor x, Activation activation) {
        activate(out, x, new Epilogue(1, activation));
    }

    private void activate(DeviceTensor out, DeviceTensor x, Epilogue e) {
        Rows o = Rows.of(out);
        Rows in = Rows.of(x);
        eachRow(
                out,
                4 * o.columns(),
                (params, row) -> VectorKernels.activate(
                        o.values(), o.at(row), in.values(), in.at(row), o.columns(), e.scale(), e.activation()));
    }

    @Override
    public void softCap(DeviceTensor x, float cap) {
        activate(x, x, new Epilogue(1 / cap, Activation.TANH));
        scale(x, x, cap);
    }

    @Override
    public void lastRow(DeviceTensor out, DeviceTensor x) {
        Rows o = Rows.of(out);
        Rows in = Rows.of(x);
        steps.add(params ->
                System.arraycopy(in.values(), in.at(params.live(in.count()) - 1), o.values(), o.offset(), o.columns()));
    }

    @Override
    public void rope(DeviceTensor x, int headDim, float theta) {
        Rows in = Rows.of(x);
        int half = headDim / 2;
        float[] inverseFrequencies = new float[half];
        for (int i = 0; i < half; i++) {
            inverseFrequencies[i] = 1 / (float) Math.pow(theta, 2f * i / headDim);
        }
        eachRow(x, 8 * in.columns(), (params, row) -> {
            int position = params.firstPosition(in.count()) + row;
            for (int i = 0; i < half; i++) {
                float angle = inverseFrequencies[i] * position;
                float cos = (float) Math.cos(angle);
                float sin = (float) Math.sin(angle);
                for (int at = in.at(row) + i; at < in.at(row) + in.columns(); at += headDim) {
                    float first = in.values()[at];
                    float second = in.values()[at + half];
                    in.values()[at] = first * cos - second * sin;
                    in.values()[at + half] = second * cos + first * sin;
                }
            }
        });
    }

    @Override
    public void store(DeviceTensor cache, DeviceTensor x) {
        Rows to = Rows.of(cache);
        Rows from = Rows.of(x);
        steps.add(params -> {
            int position = params.firstPosition(from.count());
            for (int row = 0; row < params.live(from.count()); row++) {
                int slot = (position + row) % to.count();
                System.arraycopy(from.values(), from.at(row), to.values(), to.at(slot), from.columns());
            }
        });
    }

    @Override
    public void attention(
            DeviceTensor out, DeviceTensor q, DeviceTensor keys, DeviceTensor values, AttentionSpec spec) {
        CachedAttention attention = new CachedAttention(Rows.of(out), Rows.of(q), Rows.of(keys), Rows.of(values), spec);
        int rows = out.rows();
        steps.add(params -> pool.run(params.live(rows) * spec.heads(), 1, (from, to) -> {
            for (int item = from; item < to; item++) {
                attention.run(params, item / spec.heads(), item % spec.heads());
            }
        }));
    }

    @Override
    public void gaussianTopK(DeviceTensor x, float sparsity) {
        Rows in = Rows.of(x);
        float multiplier = (float) NormalDistribution.icdf(sparsity);
        eachRow(x, 2 * in.columns(), (params, row) -> gaussianTopK(in.values(), in.at(row), in.columns(), multiplier));
    }

    private static void gaussianTopK(float[] x, int at, int n, float multiplier) {
        float mean = VectorKernels.sum(x, at, n) / n;
        float deviation = (float) Math.sqrt(VectorKernels.sumSquaredDeviations(x, at, n, mean) / n);
        float cutoff = mean + deviation * multiplier;
        for (int i = 0; i < n; i++) {
            x[at + i] = Math.max(0, x[at + i] - cutoff);
        }
    }

    @Override
    public void altupPredict(List<DeviceTensor> out, List<DeviceTensor> x, DeviceTensor coefs) {
        int n = x.size();
        Rows[] to = out.stream().map(Rows::of).toArray(Rows[]::new);
        Rows[] from = x.stream().map(Rows::of).toArray(Rows[]::new);
        Rows c = Rows.of(coefs);
        eachRow(out.getFirst(), n * n * to[0].columns(), (params, row) -> {
            for (int i = 0; i < n; i++) {
                int at = to[i].at(row);
                System.arraycopy(from[i].values(), from[i].at(row), to[i].values(), at, to[i].columns());
                for (int j = 0; j < n; j++) {
                    float factor = c.values()[c.at(row) + i * n + j];
                    VectorKernels.axpy(to[i].values(), at, factor, from[j].values(), from[j].at(row), to[i].columns());
                }
            }
        });
    }

    @Override
    public void altupCorrect(List<DeviceTensor> predictions, DeviceTensor activated, int active, DeviceTensor coefs) {
        Rows[] p = predictions.stream().map(Rows::of).toArray(Rows[]::new);
        Rows a = Rows.of(activated);
        Rows c = Rows.of(coefs);
        eachRow(activated, p.length * a.columns(), (params, row) -> {
            float[] factors = new float[p.length];
            for (int i = 0; i < p.length; i++) {
                factors[i] = c.values()[c.at(row) + i] + 1;
            }
            for (int k = 0; k < a.columns(); k++) {
                float innovation = a.values()[a.at(row) + k] - p[active].values()[p[active].at(row) + k];
                for (int i = 0; i < p.length; i++) {
                    p[i].values()[p[i].at(row) + k] += innovation * factors[i];
                }
            }
        });
    }

    @Override
    public void matchMagnitude(DeviceTensor x, DeviceTensor like, float floor) {
        Rows in = Rows.of(x);
        Rows target = Rows.of(like);
        int n = in.columns();
        eachRow(x, 2 * n, (params, row) -> {
            float wanted = meanSquare(target.values(), target.at(row), n);
            float is = meanSquare(in.values(), in.at(row), n);
            float factor = (float) (Math.sqrt(wanted) / Math.sqrt(Math.max(is, floor)));
            for (int i = 0; i < n; i++) {
                in.values()[in.at(row) + i] *= factor;
            }
        });
    }

    private static float meanSquare(float[] x, int at, int n) {
        return VectorKernels.dot(x, at, x, at, n) / n;
    }

    @Override
    public void mean(DeviceTensor out, List<DeviceTensor> inputs) {
        Rows o = Rows.of(out);
        Rows[] in = inputs.stream().map(Rows::of).toArray(Rows[]::new);
        eachRow(out, in.length * o.columns(), (params, row) -> {
            for (int k = 0; k < o.columns(); k++) {
                float sum = 0;
                for (Rows each : in) {
                    sum += each.values()[each.at(row) + k];
                }
                o.values()[o.at(row) + k] = sum / in.length;
            }
        });
    }

    @Override
    public void transpose(DeviceTensor out, DeviceTensor x) {
        Rows o = Rows.of(out);
        Rows in = Rows.of(x);
        eachRow(out, o.columns(), (params, row) -> {
            for (int i = 0; i < o.columns(); i++) {
                o.values()[o.at(row) + i] = in.values()[in.at(i) + row];
            }
        });
    }

    @Override
    public void blockMaxima(DeviceTensor out, DeviceTensor x, int block) {
        Rows o = Rows.of(out);
        Rows in = Rows.of(x);
        eachRow(out, in.columns(), (params, row) -> {
            for (int i = 0; i < o.columns(); i++) {
                int from = in.at(row) + i * block;
                int to = in.at(row) + Math.min((i + 1) * block, in.columns());
                float largest = in.values()[from];
                for (int c = from + 1; c < to; c++) {
                    largest = Math.max(largest, in.values()[c]); // NaN if either is
                }
                o.values()[o.at(row) + i] = largest;
            }
        });
    }

    @Override
    public void softmax(DeviceTensor x) {
        Rows in = Rows.of(x);
        eachRow(x, 4 * in.columns(), (params, row) -> VectorKernels.softmax(in.values(), in.at(row), in.columns()));
    }

    @Override
    public void unfold(DeviceTensor out, DeviceTensor x, WindowSpec spec, int firstPatch) {
        Rows o = Rows.of(out);
        Rows in = Rows.of(x);
        eachRow(out, o.columns(), (params, row) -> PictureKernels.unfold(o, row, in, spec, firstPatch + row));
    }

    @Override
    public void depthwiseConv2d(DeviceTensor out, DeviceTensor x, DeviceTensor w, WindowSpec spec) {
        Rows o = Rows.of(out);
        Rows in = Rows.of(x);
        int taps = spec.kernelHeight() * spec.kernelWidth();
        float[] weights = constant(w, taps * o.columns());
        eachRow(out, taps * o.columns(), (params, row) -> PictureKernels.depthwise(o, row, in, weights, spec));
    }

    @Override
    public void averagePool2d(DeviceTensor out, DeviceTensor x, WindowSpec spec) {
        Rows o = Rows.of(out);
        Rows in = Rows.of(x);
        eachRow(out, 4 * o.columns(), (params, row) -> PictureKernels.average(o, row, in, spec));
    }

    @Override
    public void resizeNearest(DeviceTensor out, DeviceTensor x, ResizeSpec spec) {
        Rows o = Rows.of(out);
        Rows in = Rows.of(x);
        eachRow(out, o.columns(), (params, row) -> PictureKernels.nearest(o, row, in, spec));
    }

    @Override
    public void resizeBilinear(DeviceTensor out, DeviceTensor x, ResizeSpec spec) {
        Rows o = Rows.of(out);
        Rows in = Rows.of(x);
        eachRow(out, 4 * o.columns(), (params, row) -> PictureKernels.bilinear(o, row, in, spec));
    }

    @Override
    public void cumulativeGroupNorm(DeviceTensor x, DeviceTensor weight, float eps) {
        Rows in = Rows.of(x);
        float[] w = constant(weight, weight.columns());
        steps.add(params -> SoundKernels.cumulativeGroupNorm(in, w, eps));
    }

    @Override
    public void localAttention(
            DeviceTensor out,
            DeviceTensor q,
            DeviceTensor k,
            DeviceTensor v,
            DeviceTensor positions,
            DeviceTensor valid,
            LocalAttentionSpec spec) {
        Rows o = Rows.of(out);
        Rows queries = Rows.of(q);
        Rows keys = Rows.of(k);
        Rows values = Rows.of(v);
        Rows places = Rows.of(positions);
        Rows mask = Rows.of(valid);
        eachRow(out, 64 * o.columns(), (params, row) -> {
            for (int head = 0; head < spec.heads(); head++) {
                SoundKernels.localAttention(o, row, head, queries, keys, values, places, mask, spec);
            }
        });
    }

    @Override
    public void glu(DeviceTensor out, DeviceTensor x) {
        Rows o = Rows.of(out);
        Rows in = Rows.of(x);
        int n = o.columns();
        eachRow(out, 8 * n, (params, row) -> {
            for (int i = 0; i < n; i++) {
                float gate = in.values()[in.at(row) + n + i];
                o.values()[o.at(row) + i] = (float) (in.values()[in.at(row) + i] / (1 + Math.exp(-gate)));
            }
        });
    }

    @Override
    public void depthwiseConv1d(DeviceTensor out, DeviceTensor x, DeviceTensor w) {
        Rows o = Rows.of(out);
        Rows in = Rows.of(x);
        int n = o.columns();
        int taps = w.rows();
        float[] weights = constant(w, taps * n);
        eachRow(out, taps * n, (params, row) -> {
            Arrays.fill(o.values(), o.at(row), o.at(row) + n, 0);
            for (int tap = Math.max(0, taps - 1 - row); tap < taps; tap++) {
                int from = in.at(row - (taps - 1) + tap);
                PictureKernels.multiplyAdd(o.values(), o.at(row), in.values(), from, weights, tap * n, n);
            }
        });
    }

    @Override
    public void clamp(DeviceTensor x, float limit) {
        Rows in = Rows.of(x);
        eachRow(x, in.columns(), (params, row) -> {
            for (int i = in.at(row); i < in.at(row) + in.columns(); i++) {
                in.values()[i] = Math.min(Math.max(in.values()[i], -limit), limit);
            }
        });
    }

    @Override
    public void scaleRows(DeviceTensor x, DeviceTensor factors) {
        Rows in = Rows.of(x);
        Rows f = Rows.of(factors);
        eachRow(x, in.columns(), (params, row) -> {
            float factor = f.values()[f.at(0) + row];
            for (int i = in.at(row); i < in.at(row) + in.columns(); i++) {
                in.values()[i] *= factor;
            }
        });
    }

    @Override
    public void everyNthRow(DeviceTensor out, DeviceTensor x, int step) {
        Rows o = Rows.of(out);
        Rows in = Rows.of(x);
        eachRow(
                out,
                o.columns(),
                (params, row) -> System.arraycopy(in.values(), in.at(row * step), o.values(), o.at(row), o.columns()));
    }

    /** One token of a sparse layer reads the rows of {@code up} whose gate is not zero, and no others. */
    @Override
    public void gatedFfn(
            DeviceTensor out,
            DeviceTensor x,
            FfnWeights w,
            DeviceTensor scratchGate,
            DeviceTensor scratchUp,
            float sparsity) {
        if (sparsity == 0 || out.rows() != 1) {
            Ops.super.gatedFfn(out, x, w, scratchGate, scratchUp, sparsity);
            return;
        }
        DeviceTensor gate = scratchGate.columns(0, w.width());
        Rows g = Rows.of(gate);
        Rows in = Rows.of(x);
        WeightRows up = WeightRows.of(w.up());
        matmul(gate, x, w.gate(), Epilogue.NONE);
        gaussianTopK(gate, sparsity);
        int grain = Math.max(1, w.width() / (4 * pool.threads()));
        steps.add(params -> pool.run(w.width(), grain, (from, to) -> {
            for (int unit = from; unit < to; unit++) {
                float value = g.values()[g.offset() + unit];
                if (value != 0) { // NaN passes, as it must
                    g.values()[g.offset() + unit] = VectorKernels.activate(value, Activation.GELU_TANH)
                            * up.dot(unit, in.values(), in.offset());
                }
            }
        }));
        matmul(out, gate, w.down(), Epilogue.NONE);
    }
}
