package dev.matryoshka.engine.cpu;

import dev.matryoshka.engine.backend.Activation;
import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.Epilogue;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@code out = epilogue(x · wᵀ)}. Few rows are dot products, bound by reading the weights. Many rows are tiles: a block
 * of 2 vectors of output columns is unpacked and transposed once, then 4 rows at a time multiply it from registers
 * (Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication", 2008).
 */
final class Matmul {
    private static final VectorSpecies<Float> F = VectorKernels.F;
    private static final int LANES = F.length();
    private static final int BLOCK_COLUMNS = 2 * LANES;
    private static final int BLOCK_DEPTH = 640;
    private static final int BLOCK_ROWS = 192;
    private static final int TILE_ROWS = 4;
    private static final int FEW_ROWS = 3;

    /** Multiply-adds under which a second thread costs more than it gives. */
    private static final int SMALL = 1 << 15;

    private static final ThreadLocal<float[]> PANEL =
            ThreadLocal.withInitial(() -> new float[BLOCK_DEPTH * BLOCK_COLUMNS]);
    private static final ThreadLocal<float[]> TILE = ThreadLocal.withInitial(() -> new float[BLOCK_COLUMNS]);

    private final WorkerPool pool;
    private final float[] out;
    private final int outAt;
    private final int outStride;
    private final float[] x;
    private final int xAt;
    private final int xStride;
    private final WeightRows w;
    private final int depth;
    private final int depthStep; // whole blocks of the stored type
    private final Epilogue epilogue;

    Matmul(WorkerPool pool, DeviceTensor out, DeviceTensor x, DeviceTensor w, Epilogue epilogue) {
        if (x.columns() != w.columns() || out.columns() != w.rows() || out.rows() > x.rows()) {
            throw new IllegalArgumentException("[" + out.rows() + ", " + out.columns() + "] is not [" + x.rows() + ", "
                    + x.columns() + "] times the transpose of [" + w.rows() + ", " + w.columns() + "]");
        }
        this.pool = pool;
        this.out = CpuStorage.floats(out);
        this.outAt = Math.toIntExact(out.offset());
        this.outStride = Math.toIntExact(out.rowStride());
        this.x = CpuStorage.floats(x);
        this.xAt = Math.toIntExact(x.offset());
        this.xStride = Math.toIntExact(x.rowStride());
        this.w = WeightRows.of(w);
        this.depth = w.columns();
        int stored = w.type().blockElements();
        this.depthStep = BLOCK_DEPTH / stored * stored;
        this.epilogue = epilogue;
    }

    void run(int rows) {
        if (rows <= FEW_ROWS) {
            int grain = Math.max(1, Math.max(SMALL / Math.max(1, depth * rows), w.rows / (4 * pool.threads())));
            pool.run(w.rows, grain, (from, to) -> dots(rows, from, to));
        } else {
            int columnBlocks = (w.rows + BLOCK_COLUMNS - 1) / BLOCK_COLUMNS;
            int rowBlocks = (rows + BLOCK_ROWS - 1) / BLOCK_ROWS;
            int perBlock = Math.min(rows, BLOCK_ROWS) * BLOCK_COLUMNS * depth;
            int grain = Math.max(1, SMALL / Math.max(1, perBlock));
            pool.run(columnBlocks * rowBlocks, grain, (from, to) -> {
                for (int block = from; block < to; block++) {
                    int row = block / columnBlocks * BLOCK_ROWS;
                    tile(row, Math.min(rows, row + BLOCK_ROWS), block % columnBlocks * BLOCK_COLUMNS);
                }
            });
        }
    }

    private void dots(int rows, int from, int to) {
        for (int row = 0; row < rows; row++) {
            int to0 = outAt + row * outStride;
            for (int column = from; column < to; column++) {
                out[to0 + column] = w.dot(column, x, xAt + row * xStride);
            }
            finish(to0 + from, to - from);
        }
    }

    private void tile(int fromRow, int toRow, int column) {
        int columns = Math.min(BLOCK_COLUMNS, w.rows - column);
        float[] panel = PANEL.get();
        float[] edge = TILE.get();
        for (int k = 0; k < depth; k += depthStep) {
            int count = Math.min(depthStep, depth - k);
            for (int j = 0; j < columns; j++) {
                w.unpack(column + j, k, count, panel, j, BLOCK_COLUMNS);
            }
            int row = fromRow;
            if (columns == BLOCK_COLUMNS) {
                for (; row <= toRow - TILE_ROWS; row += TILE_ROWS) {
                    four(
                            panel,
                            count,
                            xAt + row * xStride + k,
                            outAt + row * outStride + column,
                            outStride,
                            out,
                            k > 0);
                }
            }
            for (; row < toRow; row++) {
                int to = outAt + row * outStride + column;
                one(panel, count, xAt + row * xStride + k, edge);
                if (k > 0) {
                    VectorKernels.axpy(out, to, 1, edge, 0, columns);
                } else {
                    System.arraycopy(edge, 0, out, to, columns);
                }
            }
        }
        for (int row = fromRow; row < toRow; row++) {
            finish(outAt + row * outStride + column, columns);
        }
    }

    /**
     * Four rows of x against the panel, added to (or stored into) a 4 x BLOCK_COLUMNS tile. Eight sums, two panel vectors and
     * a factor stay in registers; with twelve sums the compiler spills and the loop takes twice as long.
     */
    private void four(float[] panel, int count, int at, int to, int stride, float[] c, boolean add) {
        int r1 = at + xStride;
        int r2 = r1 + xStride;
        int r3 = r2 + xStride;
        FloatVector zero = FloatVector.zero(F);
        FloatVector a0 = zero, b0 = zero, a1 = zero, b1 = zero;
        FloatVector a2 = zero, b2 = zero, a3 = zero, b3 = zero;
        for (int k = 0; k < count; k++) {
            FloatVector u = FloatVector.fromArray(F, panel, k * BLOCK_COLUMNS);
            FloatVector v = FloatVector.fromArray(F, panel, k * BLOCK_COLUMNS + LANES);
            FloatVector s = FloatVector.broadcast(F, x[at + k]);
            a0 = s.fma(u, a0);
            b0 = s.fma(v, b0);
            s = FloatVector.broadcast(F, x[r1 + k]);
            a1 = s.fma(u, a1);
            b1 = s.fma(v, b1);
            s = FloatVector.broadcast(F, x[r2 + k]);
            a2 = s.fma(u, a2);
            b2 = s.fma(v, b2);
            s = FloatVector.broadcast(F, x[r3 + k]);
            a3 = s.fma(u, a3);
            b3 = s.fma(v, b3);
        }
        put(a0, b0, c, to, add);
        put(a1, b1, c, to + stride, add);
        put(a2, b2, c, to + 2 * stride, add);
        put(a3, b3, c, to + 3 * stride, add);
    }

    private static void put(FloatVector a, FloatVector b, float[] c, int to, boolean add) {
        if (add) {
            FloatVector.fromArray(F, c, to).add(a).intoArray(c, to);
            FloatVector.fromArray(F, c, to + LANES).add(b).intoArray(c, to + LANES);
        } else {
            a.intoArray(c, to);
            b.intoArray(c, to + LANES);
        }
    }

    private void one(float[] panel, int count, int at, float[] tile) {
        FloatVector a = FloatVector.zero(F);
        FloatVector b = a;
        for (int k = 0; k < count; k++) {
            FloatVector s = FloatVector.broadcast(F, x[at + k]);
            a = s.fma(FloatVector.fromArray(F, panel, k * BLOCK_COLUMNS), a);
            b = s.fma(FloatVector.fromArray(F, panel, k * BLOCK_COLUMNS + LANES), b);
        }
        a.intoArray(tile, 0);
        b.intoArray(tile, LANES);
    }

    private void finish(int at, int count) {
        if (epilogue.scale() != 1 || epilogue.activation() != Activation.NONE) {
            VectorKernels.activate(out, at, out, at, count, epilogue.scale(), epilogue.activation());
        }
    }
}
