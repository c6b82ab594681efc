package dev.matryoshka.gpu;

import static dev.matryoshka.gpu.Streams.apart;
import static dev.matryoshka.gpu.Streams.spanning;

import dev.matryoshka.engine.backend.AltUpSpec;
import dev.matryoshka.engine.backend.AttentionSpec;
import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.Epilogue;
import dev.matryoshka.engine.backend.LocalAttentionSpec;
import dev.matryoshka.engine.backend.NormalDistribution;
import dev.matryoshka.engine.backend.ResizeSpec;
import dev.matryoshka.engine.backend.WindowSpec;
import dev.matryoshka.gpu.device.Dispatch;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Records operations as dispatches. The shaders of {@code src/main/glsl} say what each computes. */
final class VulkanOps extends DispatchOps {
    private static final int ROWS_OF_A_BAND = 128; // see cumulativeGroupNorm
    private static final int BAND_LANES = 128;
    private static final int ROW_LANES = 256;

    private final long maxBinding;
    private final Allocations scratch;
    private final Products products;
    private final List<Dispatch> dispatches = new ArrayList<>();

    VulkanOps(long maxBinding, Tuning tuning, Constants constants, Allocations scratch) {
        super(constants, tuning.lanes(), tuning.itemLanes());
        this.maxBinding = maxBinding;
        this.scratch = scratch;
        products = new Products(maxBinding, tuning, scratch, dispatches);
    }

    List<Dispatch> dispatches() {
        return List.copyOf(dispatches);
    }

    @Override
    DispatchBuilder kernel(String shader) {
        return new DispatchBuilder(shader, maxBinding);
    }

    @Override
    void add(Dispatch dispatch) {
        dispatches.add(dispatch);
        products.written(dispatch);
    }

    @Override
    void gatedProduct(DeviceTensor out, DeviceTensor x, DeviceTensor w) {
        products.matmul(out, x, w, Epilogue.NONE, true);
    }

    @Override
    public void matmul(DeviceTensor out, DeviceTensor x, DeviceTensor w, Epilogue epilogue) {
        products.matmul(out, x, w, epilogue, false);
    }

    @Override
    public void rmsNorm(DeviceTensor out, DeviceTensor x, @Nullable DeviceTensor weight, int width, float eps) {
        DeviceTensor w = weight == null ? x : weight;
        int groups = out.columns() / width;
        DispatchBuilder builder = kernel("rms_norm").out(out).in(x).weight(w).arguments(out.rows(), groups, width);
        eachRow(
                builder.floats(eps),
                (long) out.rows() * groups,
                width,
                ShaderCodes.of(w.type()),
                weight == null ? 0 : 1);
    }

    @Override
    public void add(DeviceTensor out, DeviceTensor a, DeviceTensor b) {
        binary(out, a, b, 0);
    }

    @Override
    public void multiply(DeviceTensor out, DeviceTensor a, DeviceTensor b) {
        binary(out, a, b, 1);
    }

    @Override
    public void attention(
            DeviceTensor out, DeviceTensor q, DeviceTensor keys, DeviceTensor values, AttentionSpec spec) {
        int headDim = spec.headDim();
        int queries = IntStream.of(4, 3, 2, 1)
                .filter(n -> spec.heads() / spec.kvHeads() % n == 0)
                .findFirst()
                .orElseThrow();
        int lanes = Math.max(ROW_LANES, Integer.highestOneBit(2 * (headDim / 4) - 1));
        int keysPerTile = lanes / 4; // PARTS of attention.comp
        int mostKeys = Math.min(keys.rows(), spec.window());
        int tiles = out.rows() == 1 ? (mostKeys + keysPerTile - 1) / keysPerTile : 1;
        boolean aligned = Stream.of(keys, values).allMatch(t -> t.offset() % 4 == 0 && t.rowStride() % 4 == 0);
        boolean split = tiles > 1;
        DeviceTensor parts = split ? scratch.matrix(spec.heads() * tiles, headDim) : out;
        DeviceTensor stats = split ? scratch.matrix(spec.heads() * tiles, 2) : out;
        DispatchBuilder builder = kernel("attention")
                .out(parts)
                .in(q)
                .in(keys)
                .in(values)
                .out(stats)
                .arguments(out.rows(), spec.heads(), spec.heads() / spec.kvHeads(), keys.rows(), spec.window(), tiles)
                .floats(spec.scale());
        Integer[] constants = {headDim, queries, aligned ? 1 : 0, split ? 1 : 0};
        add(builder.groups((long) out.rows() * (spec.heads() / queries) * tiles, lanes, constants));
        if (split) {
            DispatchBuilder merge = kernel("attention_merge").out(out).in(parts).in(stats);
            eachGroup(
                    merge.arguments(out.rows(), spec.heads(), tiles, spec.window(), keysPerTile),
                    (long) out.rows() * spec.heads(),
                    headDim);
        }
    }

    @Override
    public void gaussianTopK(DeviceTensor x, float sparsity) {
        DispatchBuilder builder = kernel("gaussian_top_k").out(x).arguments(x.rows(), x.columns());
        eachRow(builder.floats((float) NormalDistribution.icdf(sparsity)), x.rows(), x.columns());
    }

    @Override
    public void transpose(DeviceTensor out, DeviceTensor x) {
        eachElement(kernel("transpose").out(out).in(x).arguments(out.rows(), out.columns()), out);
    }

    @Override
    public void softmax(DeviceTensor x) {
        eachGroup(kernel("softmax").out(x).arguments(x.rows(), x.columns()), x.rows());
    }

    private static int[] window(WindowSpec s) {
        return new int[] {
            s.height(),
            s.width(),
            s.outHeight(),
            s.outWidth(),
            s.kernelHeight(),
            s.kernelWidth(),
            s.strideY(),
            s.strideX(),
            s.padTop(),
            s.padLeft()
        };
    }

    @Override
    public void unfold(DeviceTensor out, DeviceTensor x, WindowSpec spec, int firstPatch) {
        DispatchBuilder builder =
                kernel("unfold").out(out).in(x).arguments(out.rows(), out.columns(), x.columns(), firstPatch);
        eachElement(builder.arguments(window(spec)), out);
    }

    @Override
    public void depthwiseConv2d(DeviceTensor out, DeviceTensor x, DeviceTensor w, WindowSpec spec) {
        windows(out, x, w, spec, 0);
    }

    @Override
    public void averagePool2d(DeviceTensor out, DeviceTensor x, WindowSpec spec) {
        windows(out, x, x, spec, 1);
    }

    private void windows(DeviceTensor out, DeviceTensor x, DeviceTensor w, WindowSpec spec, int mean) {
        DispatchBuilder builder =
                kernel("depthwise_conv2d").out(out).in(x).weight(w).arguments(out.rows(), out.columns());
        eachElement(builder.arguments(window(spec)), out, ShaderCodes.of(w.type()), mean);
    }

    @Override
    public void resizeNearest(DeviceTensor out, DeviceTensor x, ResizeSpec spec) {
        resize(out, x, spec, 0);
    }

    @Override
    public void resizeBilinear(DeviceTensor out, DeviceTensor x, ResizeSpec spec) {
        resize(out, x, spec, 1);
    }

    private void resize(DeviceTensor out, DeviceTensor x, ResizeSpec s, int bilinear) {
        DispatchBuilder builder = kernel("resize")
                .out(out)
                .in(x)
                .arguments(out.rows(), out.columns(), s.height(), s.width(), s.outHeight(), s.outWidth());
        eachElement(builder, out, bilinear);
    }

    /** In bands of time: llvmpipe ends an invocation's loops after 65,535 turns, and a driver's watchdog is no more patient. */
    @Override
    public void cumulativeGroupNorm(DeviceTensor x, DeviceTensor weight, float eps) {
        DeviceTensor state = scratch.matrix(1, 4);
        for (int from = 0; from < x.rows(); from += ROWS_OF_A_BAND) {
            int to = Math.min(x.rows(), from + ROWS_OF_A_BAND);
            DispatchBuilder builder = kernel("cumulative_group_norm")
                    .out(x)
                    .weight(weight)
                    .out(state)
                    .arguments(x.rows(), x.columns(), weight.columns(), from, to)
                    .floats(eps);
            Integer[] type = {ShaderCodes.of(weight.type())};
            add(builder.groups(1, BAND_LANES, type));
        }
    }

    @Override
    public void localAttention(
            DeviceTensor out,
            DeviceTensor q,
            DeviceTensor k,
            DeviceTensor v,
            DeviceTensor positions,
            DeviceTensor valid,
            LocalAttentionSpec s) {
        DispatchBuilder builder = kernel("local_attention")
                .out(out)
                .in(q)
                .in(k)
                .in(v)
                .in(positions)
                .in(valid)
                .arguments(out.rows(), s.heads(), s.headDim(), s.chunk(), s.past(), s.future())
                .floats(s.cap());
        eachGroup(builder, (long) out.rows() * s.heads(), s.chunk() + s.past() + s.future());
    }

    @Override
    public void glu(DeviceTensor out, DeviceTensor x) {
        eachElement(kernel("glu").out(out).in(x).arguments(out.rows(), out.columns()), out);
    }

    @Override
    public void depthwiseConv1d(DeviceTensor out, DeviceTensor x, DeviceTensor w) {
        DispatchBuilder builder =
                kernel("depthwise_conv1d").out(out).in(x).weight(w).arguments(out.rows(), out.columns(), w.rows());
        eachElement(builder, out, ShaderCodes.of(w.type()));
    }

    @Override
    public void scaleRows(DeviceTensor x, DeviceTensor factors) {
        eachElement(kernel("scale_rows").out(x).in(factors).arguments(x.rows(), x.columns()), x);
    }

    /** One work group for each row of {@code columns}, held in registers, see rows.glsl. */
    private void eachRow(DispatchBuilder builder, long rows, int columns, Integer... more) {
        int lanes = Math.clamp(Integer.highestOneBit(Math.max(1, columns - 1)) / 4, 32, ROW_LANES);
        Integer[] constants = new Integer[more.length + 1];
        constants[0] = (columns + lanes - 1) / lanes;
        System.arraycopy(more, 0, constants, 1, more.length);
        add(builder.groups(rows, lanes, constants));
    }

    @Override
    public void normRope(DeviceTensor x, DeviceTensor weight, int headDim, float theta, float eps) {
        normHeads(x, 0, x, weight, headDim, theta, eps);
    }

    @Override
    public void storeKeys(
            DeviceTensor cache, DeviceTensor x, DeviceTensor weight, int headDim, float theta, float eps) {
        normHeads(cache, cache.rows(), x, weight, headDim, theta, eps);
    }

    @Override
    public void storeValues(DeviceTensor cache, DeviceTensor x, int headDim, float eps) {
        normHeads(cache, cache.rows(), x, null, headDim, 0, eps);
    }

    /** @param capacity of the ring, or 0 to write into the rows of x
     * @param theta 0 for no rotary embedding */
    private void normHeads(
            DeviceTensor out,
            int capacity,
            DeviceTensor x,
            @Nullable DeviceTensor weight,
            int headDim,
            float theta,
            float eps) {
        int heads = x.columns() / headDim;
        DispatchBuilder builder = kernel("norm_rope")
                .out(out)
                .in(x)
                .in(weight == null ? x : weight)
                .in(theta == 0 ? x : inverseFrequencies(headDim, theta))
                .arguments(x.rows(), heads, capacity)
                .floats(eps);
        eachRow(
                builder,
                (long) x.rows() * heads,
                headDim,
                weight == null ? 0 : 1,
                theta == 0 ? 0 : 1,
                capacity == 0 ? 0 : 1,
                headDim);
    }

    @Override
    public void enterLayer(
            List<DeviceTensor> predictions,
            DeviceTensor normed,
            List<DeviceTensor> streams,
            AltUpSpec altup,
            DeviceTensor inputNorm,
            AltUpSpec.Scratch unused) {
        DispatchBuilder builder = kernel("enter_layer")
                .out(spanning(predictions))
                .out(normed)
                .in(spanning(streams))
                .in(altup.routerNorm())
                .in(altup.router())
                .in(altup.predictionCoefs())
                .in(inputNorm)
                .arguments(normed.rows(), normed.columns(), apart(predictions), apart(streams))
                .floats(altup.eps());
        eachRow(builder, normed.rows(), normed.columns(), streams.size(), altup.active());
    }

    @Override
    public void joinAttention(
            DeviceTensor out,
            DeviceTensor normed,
            DeviceTensor x,
            DeviceTensor attention,
            DeviceTensor laurel,
            List<DeviceTensor> norms,
            float eps) {
        DispatchBuilder builder = kernel("join_attention")
                .out(out)
                .out(normed)
                .in(x)
                .in(attention)
                .in(laurel);
        norms.forEach(builder::in);
        eachRow(builder.arguments(out.rows(), out.columns()).floats(eps), out.rows(), out.columns());
    }

    @Override
    public void leaveLayer(
            List<DeviceTensor> predictions,
            DeviceTensor scaled,
            DeviceTensor x,
            DeviceTensor feedForward,
            DeviceTensor norm,
            AltUpSpec altup,
            AltUpSpec.Scratch unused) {
        DeviceTensor scale = altup.outputScale();
        DispatchBuilder builder = kernel("leave_layer")
                .out(spanning(predictions))
                .out(scaled)
                .in(x)
                .in(feedForward)
                .in(norm)
                .in(altup.routerNorm())
                .in(altup.router())
                .in(altup.correctionCoefs())
                .in(scale == null ? norm : scale)
                .arguments(x.rows(), x.columns(), apart(predictions))
                .floats(altup.eps());
        eachRow(builder, x.rows(), x.columns(), predictions.size(), altup.active(), scale == null ? 0 : 1);
    }

    @Override
    public void addNormed(List<DeviceTensor> out, DeviceTensor x, DeviceTensor weight, float eps) {
        DispatchBuilder builder = kernel("add_normed")
                .out(spanning(out))
                .in(x)
                .in(weight)
                .arguments(x.rows(), x.columns(), apart(out))
                .floats(eps);
        eachRow(builder, x.rows(), x.columns(), out.size());
    }
}
