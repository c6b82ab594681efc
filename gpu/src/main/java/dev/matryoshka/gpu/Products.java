package dev.matryoshka.gpu;

import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.Epilogue;
import dev.matryoshka.gpu.vk.Dispatch;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** Matrix products: chooses the kernel, and cuts weights over the binding limit into windows of rows. */
final class Products {
    private static final int TILE = 64;
    private static final int ROWS_FOR_TILES = 8;

    private final long maxBinding;
    private final Tuning tuning;
    private final Consumer<Dispatch> record;

    Products(long maxBinding, Tuning tuning, Consumer<Dispatch> record) {
        this.maxBinding = maxBinding;
        this.tuning = tuning;
        this.record = record;
    }

    /** @param gated {@code out = gelu(out) * x w}, where an out of zero needs no product */
    void matmul(DeviceTensor out, DeviceTensor x, DeviceTensor w, Epilogue epilogue, boolean gated) {
        long rowBytes = VulkanStorage.valueBytes(w.type(), w.rowStride());
        long windowBytes = VulkanStorage.valueBytes(w.type(), VulkanStorage.WINDOW);
        int most = Math.clamp((maxBinding - windowBytes) / rowBytes, 1, w.rows());
        for (int from = 0; from < w.rows(); from += most) {
            int count = Math.min(most, w.rows() - from);
            window(out.columns(from, count), x, w.rows(from, count), epilogue, gated);
        }
    }

    private void window(DeviceTensor out, DeviceTensor x, DeviceTensor w, Epilogue e, boolean gated) {
        boolean aligned = aligned(x, w);
        Integer[] constants = {
            w.type().ordinal(), aligned ? 1 : 0, e.activation().ordinal(), gated ? 1 : 0
        };
        if (tuning.vector() == Tuning.MatVec.TEXELS) {
            onCpu(out, x, w, e, gated, aligned, constants);
        } else if (tuning.tiled() && out.rows() >= ROWS_FOR_TILES) {
            long groups = tiles(out.columns(), TILE) * tiles(out.rows(), TILE);
            add(builder("matmul_tile", out, b -> b.in(x).weight(w), w, e), out, x, groups, 256, constants);
        } else {
            long groups = (long) out.columns() * out.rows();
            add(builder(vectorShader(), out, b -> b.in(x).weight(w), w, e), out, x, groups, tuning.lanes(), constants);
        }
    }

    private void onCpu(
            DeviceTensor out,
            DeviceTensor x,
            DeviceTensor w,
            Epilogue e,
            boolean gated,
            boolean aligned,
            Integer[] constants) {
        int lanes = tuning.lanes();
        long xBytes = 4 * (x.offset() % VulkanStorage.UNIFORM_WINDOW + x.columns());
        if (!aligned) {
            long groups = tiles((long) out.columns() * out.rows(), lanes);
            add(builder("matmul_plain", out, b -> b.in(x).weight(w), w, e), out, x, groups, lanes, constants);
        } else if (out.rows() == 1 && xBytes <= tuning.maxUniform()) {
            int columns = gated ? 1 : 4; // alone, an invocation can skip what is zero
            Integer[] more = Arrays.copyOf(constants, constants.length + 2);
            more[constants.length] = columns;
            more[constants.length + 1] = (int) (xBytes + 15) / 16;
            long groups = tiles(out.columns(), lanes * columns);
            add(builder("matvec_texel", out, b -> b.uniform(x).weightTexels(w), w, e), out, x, groups, lanes, more);
        } else {
            long groups = tiles(out.columns(), 2 * lanes) * tiles(out.rows(), 4);
            add(builder("matmul_texel", out, b -> b.texels(x).weightTexels(w), w, e), out, x, groups, lanes, constants);
        }
    }

    private void add(
            DispatchBuilder builder, DeviceTensor out, DeviceTensor x, long groups, int lanes, Integer[] constants) {
        record.accept(builder.groups(groups, (long) out.rows() * out.columns() * x.columns(), lanes, constants));
    }

    private DispatchBuilder builder(
            String shader, DeviceTensor out, UnaryOperator<DispatchBuilder> operands, DeviceTensor w, Epilogue e) {
        return operands.apply(new DispatchBuilder(shader, maxBinding).out(out))
                .arguments(out.rows(), out.columns(), w.columns())
                .floats(e.scale());
    }

    private String vectorShader() {
        return tuning.vector() == Tuning.MatVec.SUBGROUP ? "matvec_subgroup" : "matvec_shared";
    }

    /** Whether rows of both come in whole vectors and blocks. */
    private static boolean aligned(DeviceTensor x, DeviceTensor w) {
        return w.columns() % 32 == 0
                && w.offset() % 32 == 0
                && w.rowStride() % 32 == 0
                && x.offset() % 4 == 0
                && x.rowStride() % 4 == 0;
    }

    private static long tiles(long size, int tile) {
        return (size + tile - 1) / tile;
    }
}
