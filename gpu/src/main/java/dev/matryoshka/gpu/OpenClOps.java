package dev.matryoshka.gpu;

import static dev.matryoshka.gpu.Streams.apart;
import static dev.matryoshka.gpu.Streams.spanning;

import dev.matryoshka.engine.backend.Activation;
import dev.matryoshka.engine.backend.AttentionSpec;
import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.Epilogue;
import dev.matryoshka.engine.backend.FfnWeights;
import dev.matryoshka.engine.backend.NormalDistribution;
import dev.matryoshka.engine.backend.Ops;
import dev.matryoshka.gpu.cl.OpenClDevice;
import dev.matryoshka.gpu.device.Dispatch;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Records the decoder's operations as launches of kernels. Those of {@code src/main/opencl} say what each computes. */
final class OpenClOps extends FallbackOps {
    private static final int ROWS = 8; // of x that a product takes at a time

    private final OpenClDevice device;
    private final OpenClTuning tuning;
    private final Constants constants;
    private final OpenClProgram program;

    OpenClOps(OpenClDevice device, OpenClTuning tuning, Constants constants, OpenClProgram program) {
        this.device = device;
        this.tuning = tuning;
        this.constants = constants;
        this.program = program;
    }

    @Override
    void onCpu(BiConsumer<Ops, Mirrors> body) {
        program.onCpu(body);
    }

    private DispatchBuilder kernel(String name) {
        return new DispatchBuilder(name, DispatchBuilder.WHOLE);
    }

    /** One invocation for each element of {@code out}. */
    private void eachElement(DispatchBuilder builder, DeviceTensor out, Integer... more) {
        add(builder.items((long) out.rows() * out.columns(), tuning.itemLanes(), more));
    }

    /** One work group for each of {@code groups}. */
    private void eachGroup(DispatchBuilder builder, long groups, Integer... more) {
        add(builder.groups(groups, tuning.lanes(), more));
    }

    private void add(Dispatch dispatch) {
        program.add(device.launch(dispatch));
    }

    @Override
    public void matmul(DeviceTensor out, DeviceTensor x, DeviceTensor w, Epilogue epilogue) {
        if (onDevice(w)) {
            product(out, x, w, epilogue, false);
        } else {
            onCpu((ops, m) -> ops.matmul(m.out(out), m.in(x), m.in(w), epilogue));
        }
    }

    /** {@code gated}: {@code out = gelu(out) * x w}, where an out of zero needs no product. */
    private void product(DeviceTensor out, DeviceTensor x, DeviceTensor w, Epilogue epilogue, boolean gated) {
        long multiplyAdds = (long) out.rows() * out.columns() * w.columns();
        int rows = out.rows() == 1 ? 1 : ROWS;
        long groups = (long) out.columns() * ((out.rows() + rows - 1) / rows);
        add(kernel("matmul")
                .out(out)
                .in(x)
                .weight(w)
                .arguments(out.rows(), out.columns(), w.columns())
                .floats(epilogue.scale())
                .groups(
                        groups,
                        multiplyAdds,
                        tuning.teamLanes(),
                        ShaderCodes.of(w.type()),
                        rows,
                        ShaderCodes.of(epilogue.activation()),
                        gated ? 1 : 0));
    }

    /** Weights of types without a kernel stay with the CPU. */
    private static boolean onDevice(DeviceTensor w) {
        return w.storage() instanceof DeviceStorage;
    }

    /** The product with {@code up} multiplies into the gate itself, and skips units that are known zeros. */
    @Override
    public void gatedFfn(
            DeviceTensor out,
            DeviceTensor x,
            FfnWeights w,
            DeviceTensor scratchGate,
            DeviceTensor scratchUp,
            float sparsity) {
        if (!onDevice(w.up())) {
            super.gatedFfn(out, x, w, scratchGate, scratchUp, sparsity);
            return;
        }
        DeviceTensor gate = scratchGate.columns(0, w.width());
        matmul(gate, x, w.gate(), Epilogue.NONE);
        if (sparsity > 0) {
            gaussianTopK(gate, sparsity);
        }
        product(gate, x, w.up(), Epilogue.NONE, true);
        matmul(out, gate, w.down(), Epilogue.NONE);
    }

    @Override
    public void rmsNorm(DeviceTensor out, DeviceTensor x, @Nullable DeviceTensor weight, int width, float eps) {
        if (weight != null && !onDevice(weight)) {
            onCpu((ops, m) -> ops.rmsNorm(m.out(out), m.in(x), m.in(weight), width, eps));
            return;
        }
        DeviceTensor w = weight == null ? x : weight;
        int groups = out.columns() / width;
        DispatchBuilder builder = kernel("rms_norm").out(out).in(x).weight(w).arguments(out.rows(), groups, width);
        eachGroup(builder.floats(eps), (long) out.rows() * groups, ShaderCodes.of(w.type()), weight == null ? 0 : 1);
    }

    @Override
    public void add(DeviceTensor out, DeviceTensor a, DeviceTensor b) {
        if (onDevice(b)) {
            binary(out, a, b, 0);
        } else {
            onCpu((ops, m) -> ops.add(m.out(out), m.in(a), m.in(b)));
        }
    }

    @Override
    public void multiply(DeviceTensor out, DeviceTensor a, DeviceTensor b) {
        if (onDevice(b)) {
            binary(out, a, b, 1);
        } else {
            onCpu((ops, m) -> ops.multiply(m.out(out), m.in(a), m.in(b)));
        }
    }

    private void binary(DeviceTensor out, DeviceTensor a, DeviceTensor b, int multiply) {
        DispatchBuilder builder = kernel("binary").out(out).in(a).weight(b);
        eachElement(builder.arguments(out.rows(), out.columns(), b.rows()), out, ShaderCodes.of(b.type()), multiply);
    }

    @Override
    public void scale(DeviceTensor out, DeviceTensor x, float factor) {
        activate(out, x, Activation.NONE, factor, 1, Float.POSITIVE_INFINITY);
    }

    @Override
    public void activate(DeviceTensor out, DeviceTensor x, Activation activation) {
        activate(out, x, activation, 1, 1, Float.POSITIVE_INFINITY);
    }

    @Override
    public void softCap(DeviceTensor x, float cap) {
        activate(x, x, Activation.TANH, 1 / cap, cap, Float.POSITIVE_INFINITY);
    }

    @Override
    public void clamp(DeviceTensor x, float limit) {
        activate(x, x, Activation.NONE, 1, 1, limit);
    }

    private void activate(
            DeviceTensor out, DeviceTensor x, Activation activation, float before, float after, float limit) {
        DispatchBuilder builder = kernel("activate").out(out).in(x).arguments(out.rows(), out.columns());
        eachElement(builder.floats(before, after, limit), out, ShaderCodes.of(activation));
    }

    @Override
    public void lastRow(DeviceTensor out, DeviceTensor x) {
        gather(out.rows(0, 1), x, 1, 1);
    }

    @Override
    public void everyNthRow(DeviceTensor out, DeviceTensor x, int step) {
        gather(out, x, step, 0);
    }

    private void gather(DeviceTensor out, DeviceTensor x, int step, int last) {
        DispatchBuilder builder = kernel("gather").out(out).in(x);
        eachElement(builder.arguments(out.rows(), out.columns(), x.rows(), step), out, last);
    }

    @Override
    public void rope(DeviceTensor x, int headDim, float theta) {
        int heads = x.columns() / headDim;
        DispatchBuilder builder = kernel("rope")
                .out(x)
                .in(constants.inverseFrequencies(headDim, theta))
                .arguments(x.rows(), heads, headDim);
        add(builder.items((long) x.rows() * heads * (headDim / 2), tuning.itemLanes()));
    }

    @Override
    public void store(DeviceTensor cache, DeviceTensor x) {
        DispatchBuilder builder = kernel("store").out(cache).in(x).arguments(x.rows(), x.columns(), cache.rows());
        add(builder.items((long) x.rows() * x.columns(), tuning.itemLanes()));
    }

    @Override
    public void attention(
            DeviceTensor out, DeviceTensor q, DeviceTensor keys, DeviceTensor values, AttentionSpec spec) {
        int perLane = (spec.headDim() + tuning.teamLanes() - 1) / tuning.teamLanes();
        DispatchBuilder builder = kernel("attention")
                .out(out)
                .in(q)
                .in(keys)
                .in(values)
                .arguments(out.rows(), spec.heads(), spec.heads() / spec.kvHeads(), keys.rows(), spec.window())
                .floats(spec.scale());
        Integer[] sizes = {spec.headDim(), perLane};
        add(builder.groups((long) out.rows() * spec.heads(), tuning.teamLanes(), sizes));
    }

    @Override
    public void gaussianTopK(DeviceTensor x, float sparsity) {
        DispatchBuilder builder = kernel("gaussian_top_k").out(x).arguments(x.rows(), x.columns());
        eachGroup(builder.floats((float) NormalDistribution.icdf(sparsity)), x.rows());
    }

    @Override
    public void altupPredict(List<DeviceTensor> out, List<DeviceTensor> x, DeviceTensor coefs) {
        DeviceTensor first = out.getFirst();
        DispatchBuilder builder = kernel("altup_predict")
                .out(spanning(out))
                .in(spanning(x))
                .in(coefs)
                .arguments(first.rows(), first.columns(), apart(out), apart(x));
        add(builder.items((long) first.rows() * first.columns(), tuning.itemLanes(), x.size()));
    }

    @Override
    public void altupCorrect(List<DeviceTensor> predictions, DeviceTensor activated, int active, DeviceTensor coefs) {
        DispatchBuilder builder = kernel("altup_correct")
                .out(spanning(predictions))
                .in(activated)
                .in(coefs)
                .arguments(activated.rows(), activated.columns(), apart(predictions), active);
        add(builder.items((long) activated.rows() * activated.columns(), tuning.itemLanes(), predictions.size()));
    }

    /** A view from the first to the last of several matrices in one memory. */
    private static DeviceTensor spanning(List<DeviceTensor> parts) {
        DeviceTensor first = parts.getFirst();
        long rows = (apart(parts) * (parts.size() - 1L)) / first.rowStride() + first.rows();
        return new DeviceTensor(
                first.storage(),
                first.type(),
                first.offset(),
                Math.toIntExact(rows),
                first.columns(),
                first.rowStride());
    }

    /** Elements from one of several matrices in one memory to the next. */
    private static int apart(List<DeviceTensor> parts) {
        DeviceTensor first = parts.getFirst();
        long apart = parts.size() == 1 ? 0 : parts.get(1).offset() - first.offset();
        for (int i = 1; i < parts.size(); i++) {
            DeviceTensor part = parts.get(i);
            if (!part.storage().equals(first.storage()) || part.offset() - first.offset() != i * apart || apart < 0) {
                throw new IllegalArgumentException("streams must lie one after the other in one allocation");
            }
        }
        return Math.toIntExact(apart);
    }

    @Override
    public void matchMagnitude(DeviceTensor x, DeviceTensor like, float floor) {
        DispatchBuilder builder = kernel("match_magnitude").out(x).in(like).arguments(x.rows(), x.columns());
        eachGroup(builder.floats(floor), x.rows());
    }

    @Override
    public void mean(DeviceTensor out, List<DeviceTensor> inputs) {
        DispatchBuilder builder = kernel("mean").out(out).in(spanning(inputs));
        eachElement(builder.arguments(out.rows(), out.columns(), apart(inputs), inputs.size()), out);
    }

    @Override
    public void blockMaxima(DeviceTensor out, DeviceTensor x, int block) {
        DispatchBuilder builder =
                kernel("block_maxima").out(out).in(x).arguments(out.rows(), x.columns(), out.columns(), block);
        eachElement(builder, out);
    }
}
