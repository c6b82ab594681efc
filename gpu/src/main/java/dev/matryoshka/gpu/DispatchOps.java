package dev.matryoshka.gpu;

import static dev.matryoshka.gpu.Streams.apart;
import static dev.matryoshka.gpu.Streams.spanning;

import dev.matryoshka.engine.backend.Activation;
import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.Epilogue;
import dev.matryoshka.engine.backend.FfnWeights;
import dev.matryoshka.engine.backend.Ops;
import dev.matryoshka.gpu.device.Dispatch;
import java.util.List;

/** Operations whose kernels are called alike through Vulkan and OpenCL. */
abstract class DispatchOps implements Ops {
    private final Constants constants;
    private final int lanes;
    private final int itemLanes;

    /**
     * @param lanes invocations of a work group that reduces a row
     * @param itemLanes of one that works element by element
     */
    DispatchOps(Constants constants, int lanes, int itemLanes) {
        this.constants = constants;
        this.lanes = lanes;
        this.itemLanes = itemLanes;
    }

    /** A kernel of that name, without operands yet. */
    abstract DispatchBuilder kernel(String name);

    /** Records a dispatch. */
    abstract void add(Dispatch dispatch);

    /** Records {@code out = gelu(out) * x w}, where an out of zero needs no product. */
    abstract void gatedProduct(DeviceTensor out, DeviceTensor x, DeviceTensor w);

    final DeviceTensor inverseFrequencies(int headDim, float theta) {
        return constants.inverseFrequencies(headDim, theta);
    }

    /** One invocation for each element of {@code out}. */
    final void eachElement(DispatchBuilder builder, DeviceTensor out, Integer... more) {
        add(builder.items((long) out.rows() * out.columns(), itemLanes, more));
    }

    /** One work group for each of {@code groups}. */
    final void eachGroup(DispatchBuilder builder, long groups, Integer... more) {
        add(builder.groups(groups, lanes, more));
    }

    final void binary(DeviceTensor out, DeviceTensor a, DeviceTensor b, int multiply) {
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
        DispatchBuilder builder =
                kernel("rope").out(x).in(inverseFrequencies(headDim, theta)).arguments(x.rows(), heads, headDim);
        add(builder.items((long) x.rows() * heads * (headDim / 2), itemLanes));
    }

    @Override
    public void store(DeviceTensor cache, DeviceTensor x) {
        DispatchBuilder builder = kernel("store").out(cache).in(x).arguments(x.rows(), x.columns(), cache.rows());
        add(builder.items((long) x.rows() * x.columns(), itemLanes));
    }

    @Override
    public void altupPredict(List<DeviceTensor> out, List<DeviceTensor> x, DeviceTensor coefs) {
        DeviceTensor first = out.getFirst();
        DispatchBuilder builder = kernel("altup_predict")
                .out(spanning(out))
                .in(spanning(x))
                .in(coefs)
                .arguments(first.rows(), first.columns(), apart(out), apart(x));
        add(builder.items((long) first.rows() * first.columns(), itemLanes, x.size()));
    }

    @Override
    public void altupCorrect(List<DeviceTensor> predictions, DeviceTensor activated, int active, DeviceTensor coefs) {
        DispatchBuilder builder = kernel("altup_correct")
                .out(spanning(predictions))
                .in(activated)
                .in(coefs)
                .arguments(activated.rows(), activated.columns(), apart(predictions), active);
        add(builder.items((long) activated.rows() * activated.columns(), itemLanes, predictions.size()));
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

    /** The product with {@code up} multiplies into the gate itself, and skips units that are known zeros. */
    @Override
    public void gatedFfn(
            DeviceTensor out,
            DeviceTensor x,
            FfnWeights w,
            DeviceTensor scratchGate,
            DeviceTensor scratchUp,
            float sparsity) {
        DeviceTensor gate = scratchGate.columns(0, w.width());
        matmul(gate, x, w.gate(), Epilogue.NONE);
        if (sparsity > 0) {
            gaussianTopK(gate, sparsity);
        }
        gatedProduct(gate, x, w.up());
        matmul(out, gate, w.down(), Epilogue.NONE);
    }
}
