package dev.matryoshka.gpu;

import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.Epilogue;
import dev.matryoshka.engine.weights.DType;
import dev.matryoshka.gpu.device.Dispatch;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Matrix products: chooses the kernel, and cuts weights over the binding limit into windows of rows. */
final class Products {
    private static final int WORDS_PER_BLOCK = 20; // see quantize.comp
    private static final int BLOCK = 32;
    private static final int TILE = 64;
    private static final int FEW_TILES = 256; // for a device to be busy
    private static final int ROWS_FOR_INTEGERS = 2; // three rows are a product of many, see bench-products
    private static final int ROWS_FOR_TILES = 8;
    private static final int ROWS_FOR_MATRICES = 32;
    private static final int COLUMNS = 4; // of a team, see teams.glsl

    /** Weights that cooperative matrices multiply: in float16, where bfloat16 would overflow or vanish. */
    static final Set<DType> COOPERATIVE = EnumSet.of(DType.F16, DType.Q8_0, DType.Q4_0);

    /** Weights for which products have a shader of their own, see types.glsl. */
    private static final Set<DType> FEW = EnumSet.of(DType.F32, DType.F16, DType.BF16, DType.Q8_0, DType.Q4_0);

    /** Weights whose quants are no whole numbers of steps. */
    private static final Set<DType> UNEVEN = EnumSet.of(DType.IQ4_NL, DType.IQ4_XS);

    private static final int GROUP_COLUMNS = 2; // of a work group, see matvec8.glsl
    private static final int LANE_VALUES = 16;
    private static final int MOST_LANES = 128;

    private final long maxBinding;
    private final Tuning tuning;
    private final Allocations scratch;
    private final List<Dispatch> dispatches;
    private @Nullable DeviceTensor quantized; // what the blocks hold now
    private @Nullable DeviceTensor blocks;

    Products(long maxBinding, Tuning tuning, Allocations scratch, List<Dispatch> dispatches) {
        this.maxBinding = maxBinding;
        this.tuning = tuning;
        this.scratch = scratch;
        this.dispatches = dispatches;
    }

    /**
     * A product to record.
     *
     * @param gated {@code out = gelu(out) * x w}, where an out of zero needs no product
     */
    private record Product(DeviceTensor out, DeviceTensor x, DeviceTensor w, Epilogue epilogue, boolean gated) {
        /** Whether rows come in whole vectors and blocks. */
        boolean aligned() {
            return w.columns() % BLOCK == 0
                    && w.offset() % BLOCK == 0
                    && w.rowStride() % BLOCK == 0
                    && x.offset() % 4 == 0
                    && x.rowStride() % 4 == 0;
        }

        /** Whether weights are whole numbers times scales. */
        boolean wholeNumbers() {
            return w.type().isQuantized() && !UNEVEN.contains(w.type());
        }

        String label(String shader) {
            return "%s %s %d x %d x %d".formatted(shader, w.type(), out.rows(), w.columns(), out.columns());
        }

        long multiplyAdds() {
            return (long) out.rows() * out.columns() * x.columns();
        }
    }

    /** Records a product; {@code gated}: {@code out = gelu(out) * x w}, where an out of zero needs no product. */
    void matmul(DeviceTensor out, DeviceTensor x, DeviceTensor w, Epilogue epilogue, boolean gated) {
        long rowBytes = DeviceStorage.valueBytes(w.type(), w.rowStride());
        long windowBytes = DeviceStorage.valueBytes(w.type(), DeviceStorage.window(w.type()));
        int most = Math.clamp((maxBinding - windowBytes) / rowBytes, 1, w.rows());
        for (int from = 0; from < w.rows(); from += most) {
            int count = Math.min(most, w.rows() - from);
            record(new Product(out.columns(from, count), x, w.rows(from, count), epilogue, gated));
        }
    }

    private void record(Product p) {
        boolean onCpu = tuning.vector() == Tuning.MatVec.TEXELS;
        if (p.out().rows() <= ROWS_FOR_INTEGERS && tuning.integer() && p.wholeNumbers() && p.aligned()) {
            integer(p, onCpu);
        } else if (onCpu && !p.aligned()) {
            long groups = tiles((long) p.out().columns() * p.out().rows(), tuning.lanes());
            add(p, "matmul_plain", b -> b.in(p.x()).weight(p.w()), groups, tuning.lanes());
        } else if (onCpu && p.out().rows() > 1) {
            long groups =
                    tiles(p.out().columns(), 2 * tuning.lanes()) * tiles(p.out().rows(), 4);
            add(p, "matmul_texel", b -> b.texels(p.x()).weightTexels(p.w()), groups, tuning.lanes());
        } else if (onCpu) {
            teams(p, "matvec_texel", b -> b.texels(p.x()).weightTexels(p.w()));
        } else if (tuning.cooperative()
                && p.out().rows() >= ROWS_FOR_MATRICES
                && p.aligned()
                && COOPERATIVE.contains(p.w().type())) {
            long groups = tiles(p.out().columns(), TILE) * tiles(p.out().rows(), TILE);
            add(p, "matmul_cooperative", b -> b.in(p.x()).weight(p.w()), groups, 4 * tuning.subgroup());
        } else if (p.out().rows() >= ROWS_FOR_TILES) {
            tiles(p);
        } else {
            String shader = tuning.vector() == Tuning.MatVec.SUBGROUP ? "matvec_subgroup" : "matvec_shared";
            group(p, shader, b -> b.in(p.x()).weight(p.w()), LANE_VALUES);
        }
    }

    /** Large tiles reuse more, small ones keep more of a device busy. */
    private void tiles(Product p) {
        long large = tiles(p.out().columns(), TILE) * tiles(p.out().rows(), TILE);
        int side = large >= FEW_TILES ? TILE : TILE / 2;
        long groups = tiles(p.out().columns(), side) * tiles(p.out().rows(), side);
        add(p, "matmul_tile", b -> b.in(p.x()).weight(p.w()), groups, side * side / 16, side);
    }

    /** A work group for some columns, an invocation for some values of a row. */
    private void group(Product p, String shader, UnaryOperator<DispatchBuilder> operands, int values) {
        int columns = p.gated() ? 1 : GROUP_COLUMNS;
        int lanes = Math.clamp(Integer.highestOneBit(Math.max(1, p.w().columns() / values)), 32, MOST_LANES);
        long groups = p.out().rows() * tiles(p.out().columns(), columns);
        add(p, shader, operands, groups, lanes, columns);
    }

    private void integer(Product p, boolean onCpu) {
        DeviceTensor x = quantize(p.x().rows(0, p.out().rows()));
        if (onCpu) {
            teams(p, "matvec_integer_texel", b -> b.texels(x).weightTexels(p.w()));
        } else {
            group(p, "matvec_integer", b -> b.in(x).weight(p.w()), BLOCK);
        }
    }

    /** The quantised rows x; neighbouring products of the same rows share them. */
    private DeviceTensor quantize(DeviceTensor x) {
        DeviceTensor held = blocks;
        if (held != null && x.equals(quantized)) {
            return held;
        }
        int count = x.columns() / BLOCK;
        if (held == null || held.rows() < x.rows() || held.columns() < WORDS_PER_BLOCK * count) {
            held = scratch.matrix(x.rows(), WORDS_PER_BLOCK * count);
            blocks = held;
        }
        dispatches.add(new DispatchBuilder("quantize", maxBinding)
                .out(held)
                .in(x)
                .arguments(x.rows(), count)
                .items((long) x.rows() * count, tuning.lanes()));
        quantized = x;
        return held;
    }

    /** Forgets what was derived from memory that is written. */
    void written(Dispatch dispatch) {
        DeviceTensor row = quantized;
        if (row != null
                && dispatch.bindings().stream()
                        .anyMatch(b -> b.use() == Dispatch.Use.WRITE
                                && b.buffer().equals(DeviceStorage.of(row).buffer()))) {
            quantized = null;
        }
    }

    /** Columns shared out to teams; where zeros can be skipped, each has one. */
    private void teams(Product p, String shader, UnaryOperator<DispatchBuilder> operands) {
        int columns = p.gated() ? 1 : COLUMNS;
        long teams = p.out().rows() * tiles(p.out().columns(), columns);
        add(p, shader, operands, tiles(teams, tuning.teams()), tuning.teamLanes(), columns);
    }

    private void add(
            Product p,
            String shader,
            UnaryOperator<DispatchBuilder> operands,
            long groups,
            int lanes,
            Integer... more) {
        DeviceTensor out = p.out();
        Integer[] constants = Arrays.copyOf(
                new Integer[] {
                    ShaderCodes.of(p.w().type()),
                    p.aligned() ? 1 : 0,
                    ShaderCodes.of(p.epilogue().activation()),
                    p.gated() ? 1 : 0
                },
                4 + more.length);
        System.arraycopy(more, 0, constants, 4, more.length);
        String built = FEW.contains(p.w().type()) ? shader : shader + "_all";
        Dispatch dispatch = operands.apply(new DispatchBuilder(built, maxBinding).out(out))
                .arguments(out.rows(), out.columns(), p.w().columns())
                .floats(p.epilogue().scale())
                .label(p.label(shader))
                .groups(groups, p.multiplyAdds(), lanes, constants);
        dispatches.add(dispatch);
        written(dispatch);
    }

    private static long tiles(long size, int tile) {
        return (size + tile - 1) / tile;
    }
}
