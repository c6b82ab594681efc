package dev.matryoshka.gpu;

import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.Epilogue;
import dev.matryoshka.engine.weights.DType;
import dev.matryoshka.gpu.vk.Dispatch;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Matrix products: chooses the kernel, and cuts weights over the binding limit into windows of rows. */
final class Products {
    private static final int QUADS_PER_BLOCK = 5; // see quantize.comp
    private static final int TILE = 64;
    private static final int ROWS_AT_ONCE = 8;

    private final long maxBinding;
    private final Tuning tuning;
    private final Scratch scratch;
    private final Consumer<Dispatch> record;
    private @Nullable DeviceTensor quantized; // what the blocks hold now
    private @Nullable DeviceTensor blocks;

    Products(long maxBinding, Tuning tuning, Scratch scratch, Consumer<Dispatch> record) {
        this.maxBinding = maxBinding;
        this.tuning = tuning;
        this.scratch = scratch;
        this.record = record;
    }

    /** Forgets what was derived from a tensor that is written. */
    void written(DeviceTensor tensor) {
        if (quantized != null && quantized.storage().equals(tensor.storage())) {
            quantized = null;
        }
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
        written(out);
    }

    private void window(DeviceTensor out, DeviceTensor x, DeviceTensor w, Epilogue e, boolean gated) {
        boolean aligned = aligned(x, w);
        if (out.rows() == 1 && tuning.integer() && w.type().isQuantized() && aligned) {
            integer(out, x, w, e, gated);
            return;
        }
        boolean tile = tuning.tiled() && out.rows() >= ROWS_AT_ONCE;
        boolean row = !tile && (tuning.vector() == Tuning.MatVec.ROW || out.rows() >= ROWS_AT_ONCE);
        String shader = tile ? "matmul_tile" : row ? "matmul_row" : vectorShader();
        DispatchBuilder builder = builder(shader, out, w, e, in -> in.in(x));
        long adds = (long) out.rows() * out.columns() * x.columns();
        int type = w.type().ordinal();
        int activation = e.activation().ordinal();
        int flag = gated ? 1 : 0;
        int whole = aligned ? 1 : 0;
        if (tile) {
            long groups = tiles(out.columns(), TILE) * tiles(out.rows(), TILE);
            record.accept(builder.groups(groups, adds, 256, type, 0, activation, flag));
        } else if (row) {
            int tokens = Math.min(out.rows(), ROWS_AT_ONCE);
            long groups = tiles(out.columns(), tuning.lanes()) * tiles(out.rows(), tokens);
            record.accept(builder.groups(groups, adds, tuning.lanes(), type, whole, activation, flag, tokens));
        } else {
            long groups = (long) out.columns() * out.rows();
            record.accept(builder.groups(groups, adds, tuning.lanes(), type, whole, activation, flag));
        }
    }

    private String vectorShader() {
        return tuning.vector() == Tuning.MatVec.SUBGROUP ? "matvec_subgroup" : "matvec_shared";
    }

    private void integer(DeviceTensor out, DeviceTensor x, DeviceTensor w, Epilogue e, boolean gated) {
        DeviceTensor activations = quantize(x);
        DispatchBuilder builder = builder("matvec_integer", out, w, e, in -> in.in(activations));
        long adds = (long) out.columns() * x.columns();
        record.accept(builder.groups(
                tiles(out.columns(), tuning.lanes()),
                adds,
                tuning.lanes(),
                w.type().ordinal(),
                1,
                e.activation().ordinal(),
                gated ? 1 : 0));
    }

    /** The quantised row x; neighbouring products of one row share it. */
    private DeviceTensor quantize(DeviceTensor x) {
        DeviceTensor held = blocks;
        if (held != null && x.equals(quantized)) {
            return held;
        }
        int count = x.columns() / DType.Q8_0.blockElements();
        int words = 4 * QUADS_PER_BLOCK * count;
        if (held == null || held.columns() < words) {
            held = scratch.words(words);
            blocks = held;
        }
        record.accept(new DispatchBuilder("quantize", maxBinding)
                .out(held)
                .in(x)
                .arguments(1, count)
                .items(count, tuning.lanes()));
        quantized = x;
        return held;
    }

    private DispatchBuilder builder(
            String shader, DeviceTensor out, DeviceTensor w, Epilogue e, Consumer<DispatchBuilder> x) {
        DispatchBuilder builder = new DispatchBuilder(shader, maxBinding).out(out);
        x.accept(builder);
        return builder.weight(w)
                .arguments(out.rows(), out.columns(), w.columns())
                .floats(e.scale());
    }

    /** Whether rows of both come in whole vectors and blocks. */
    private static boolean aligned(DeviceTensor x, DeviceTensor w) {
        return w.columns() % 32 == 0
                && w.offset() % 32 == 0
                && w.rowStride() % 32 == 0
                && x.offset() % 4 == 0
                && x.rowStride() % 4 == 0;
    }

    private static long tiles(int size, int tile) {
        return (size + tile - 1) / tile;
    }
}
