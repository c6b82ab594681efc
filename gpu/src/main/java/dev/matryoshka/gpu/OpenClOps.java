package dev.matryoshka.gpu;

import dev.matryoshka.engine.backend.AttentionSpec;
import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.Epilogue;
import dev.matryoshka.engine.backend.FfnWeights;
import dev.matryoshka.engine.backend.NormalDistribution;
import dev.matryoshka.engine.backend.Ops;
import dev.matryoshka.gpu.cl.OpenClDevice;
import dev.matryoshka.gpu.device.Dispatch;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Records the decoder's operations as launches of kernels. Those of {@code src/main/opencl} say what each computes. */
final class OpenClOps extends FallbackOps {
    private static final int ROWS = 8; // of x that a product takes at a time

    private final OpenClDevice device;
    private final OpenClTuning tuning;
    private final OpenClProgram program;

    OpenClOps(OpenClDevice device, OpenClTuning tuning, Constants constants, OpenClProgram program) {
        super(constants, tuning.lanes(), tuning.itemLanes());
        this.device = device;
        this.tuning = tuning;
        this.program = program;
    }

    @Override
    void onCpu(BiConsumer<Ops, Mirrors> body) {
        program.onCpu(body);
    }

    @Override
    DispatchBuilder kernel(String name) {
        return new DispatchBuilder(name, DispatchBuilder.WHOLE);
    }

    @Override
    void add(Dispatch dispatch) {
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

    @Override
    void gatedProduct(DeviceTensor out, DeviceTensor x, DeviceTensor w) {
        product(out, x, w, Epilogue.NONE, true);
    }

    /** Weights of types without a kernel stay with the CPU. */
    private static boolean onDevice(DeviceTensor w) {
        return w.storage() instanceof DeviceStorage;
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
    public void gatedFfn(
            DeviceTensor out,
            DeviceTensor x,
            FfnWeights w,
            DeviceTensor scratchGate,
            DeviceTensor scratchUp,
            float sparsity) {
        if (onDevice(w.up())) {
            super.gatedFfn(out, x, w, scratchGate, scratchUp, sparsity);
        } else {
            onCpu((ops, m) -> ops.gatedFfn(
                    m.out(out),
                    m.in(x),
                    new FfnWeights(m.in(w.gate()), m.in(w.up()), m.in(w.down())),
                    m.scratch(scratchGate),
                    m.scratch(scratchUp),
                    sparsity));
        }
    }
}
