package dev.matryoshka.gpu;

import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.LocalAttentionSpec;
import dev.matryoshka.engine.backend.Ops;
import dev.matryoshka.engine.backend.ResizeSpec;
import dev.matryoshka.engine.backend.WindowSpec;
import java.util.function.BiConsumer;

/** What only the towers for pictures and sound ask for: the CPU computes it on copies of the operands. */
abstract class FallbackOps extends DispatchOps {
    FallbackOps(Constants constants, int lanes, int itemLanes) {
        super(constants, lanes, itemLanes);
    }

    /** Records one operation for the CPU; the body calls it with mirrors of its operands. */
    abstract void onCpu(BiConsumer<Ops, Mirrors> body);

    @Override
    public void transpose(DeviceTensor out, DeviceTensor x) {
        onCpu((ops, m) -> ops.transpose(m.out(out), m.in(x)));
    }

    @Override
    public void softmax(DeviceTensor x) {
        onCpu((ops, m) -> ops.softmax(m.inOut(x)));
    }

    @Override
    public void unfold(DeviceTensor out, DeviceTensor x, WindowSpec spec, int firstPatch) {
        onCpu((ops, m) -> ops.unfold(m.out(out), m.in(x), spec, firstPatch));
    }

    @Override
    public void conv2d(DeviceTensor out, DeviceTensor x, DeviceTensor w, WindowSpec spec, DeviceTensor patches) {
        onCpu((ops, m) -> ops.conv2d(m.out(out), m.in(x), m.in(w), spec, m.scratch(patches)));
    }

    @Override
    public void multiQueryAttention(
            DeviceTensor out,
            DeviceTensor q,
            DeviceTensor k,
            DeviceTensor v,
            DeviceTensor scores,
            DeviceTensor transposed) {
        onCpu((ops, m) -> ops.multiQueryAttention(
                m.out(out), m.in(q), m.in(k), m.in(v), m.scratch(scores), m.scratch(transposed)));
    }

    @Override
    public void depthwiseConv2d(DeviceTensor out, DeviceTensor x, DeviceTensor w, WindowSpec spec) {
        onCpu((ops, m) -> ops.depthwiseConv2d(m.out(out), m.in(x), m.in(w), spec));
    }

    @Override
    public void averagePool2d(DeviceTensor out, DeviceTensor x, WindowSpec spec) {
        onCpu((ops, m) -> ops.averagePool2d(m.out(out), m.in(x), spec));
    }

    @Override
    public void resizeNearest(DeviceTensor out, DeviceTensor x, ResizeSpec spec) {
        onCpu((ops, m) -> ops.resizeNearest(m.out(out), m.in(x), spec));
    }

    @Override
    public void resizeBilinear(DeviceTensor out, DeviceTensor x, ResizeSpec spec) {
        onCpu((ops, m) -> ops.resizeBilinear(m.out(out), m.in(x), spec));
    }

    @Override
    public void cumulativeGroupNorm(DeviceTensor x, DeviceTensor weight, float eps) {
        onCpu((ops, m) -> ops.cumulativeGroupNorm(m.inOut(x), m.in(weight), eps));
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
        onCpu((ops, m) ->
                ops.localAttention(m.out(out), m.in(q), m.in(k), m.in(v), m.in(positions), m.in(valid), spec));
    }

    @Override
    public void glu(DeviceTensor out, DeviceTensor x) {
        onCpu((ops, m) -> ops.glu(m.out(out), m.in(x)));
    }

    @Override
    public void depthwiseConv1d(DeviceTensor out, DeviceTensor x, DeviceTensor w) {
        onCpu((ops, m) -> ops.depthwiseConv1d(m.out(out), m.in(x), m.in(w)));
    }

    @Override
    public void scaleRows(DeviceTensor x, DeviceTensor factors) {
        onCpu((ops, m) -> ops.scaleRows(m.inOut(x), m.in(factors)));
    }
}
