package dev.matryoshka.engine.cpu;

import dev.matryoshka.engine.backend.Activation;
import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.Epilogue;

/**
 * {@code out = epilogue(x · wᵀ)}. Few rows are dot products, bound by reading the weights. More rows are {@link Tile}s: some
 * rows of w are decoded once, then four rows of x at a time multiply them from registers (Goto and van de Geijn, "Anatomy of
 * High-Performance Matrix Multiplication", 2008).
 */
final class Matmul {
    private static final Tile DOT = new DotTile();
    private static final Tile OUTER = new OuterTile();
    private static final int BLOCK_ROWS = 192;

    /** Rows of x up to which each is multiplied alone, with w as it is stored. */
    static final int FEW_ROWS = 3;

    /** Rows of x from which on transposing w pays. */
    private static final int MANY_ROWS = 128;

    /** Multiply-adds under which a second thread costs more than it gives. */
    private static final int SMALL = 1 << 15;

    private static final ThreadLocal<float[]> PANEL = ThreadLocal.withInitial(() -> new float[Tile.PANEL]);
    private static final ThreadLocal<float[]> SUMS =
            ThreadLocal.withInitial(() -> new float[Tile.ROWS * OUTER.columns()]);

    private final WorkerPool pool;
    private final float[] out;
    private final int outAt;
    private final int outStride;
    private final float[] x;
    private final int xAt;
    private final int xStride;
    private final WeightRows w;
    private final int depth;
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
        this.epilogue = epilogue;
    }

    void run(int rows) {
        if (rows <= FEW_ROWS) {
            WeightRows.Dots[] dots = new WeightRows.Dots[rows];
            for (int row = 0; row < rows; row++) {
                dots[row] = w.dots(row, x, xAt + row * xStride);
            }
            int grain = Math.max(1, SMALL / Math.max(1, depth * rows));
            pool.run(w.rows, grain, (from, to) -> {
                for (int row = 0; row < rows; row++) {
                    int at = outAt + row * outStride + from;
                    dots[row].run(from, to, out, at);
                    finish(at, to - from);
                }
            });
        } else {
            Tile tile = rows < MANY_ROWS || w.rows < OUTER.columns() ? DOT : OUTER;
            int columnBlocks = (w.rows + tile.columns() - 1) / tile.columns();
            int rowBlocks = (rows + BLOCK_ROWS - 1) / BLOCK_ROWS;
            int perBlock = Math.min(rows, BLOCK_ROWS) * tile.columns() * depth;
            int grain = Math.max(1, SMALL / Math.max(1, perBlock));
            pool.run(columnBlocks * rowBlocks, grain, (from, to) -> {
                for (int block = from; block < to; block++) {
                    int row = block / columnBlocks * BLOCK_ROWS;
                    tile(tile, row, Math.min(rows, row + BLOCK_ROWS), block % columnBlocks * tile.columns());
                }
            });
        }
    }

    private void tile(Tile tile, int fromRow, int toRow, int column) {
        int columns = Math.min(tile.columns(), w.rows - column);
        float[] panel = PANEL.get();
        float[] sums = SUMS.get();
        for (int k = 0; k < depth; k += tile.depth()) {
            int count = Math.min(tile.depth(), depth - k);
            tile.decode(w, column, columns, k, count, panel);
            for (int row = fromRow; row < toRow; row += Tile.ROWS) {
                int rows = Math.min(Tile.ROWS, toRow - row); // a row that is missing is another one again
                int at = xAt + row * xStride + k;
                tile.multiply(
                        panel,
                        count,
                        x,
                        at,
                        at + Math.min(1, rows - 1) * xStride,
                        at + Math.min(2, rows - 1) * xStride,
                        at + (rows - 1) * xStride,
                        sums);
                for (int r = 0; r < rows; r++) {
                    int to = outAt + (row + r) * outStride + column;
                    for (int c = 0; c < columns; c++) {
                        float sum = sums[r * tile.columns() + c];
                        out[to + c] = k == 0 ? sum : out[to + c] + sum;
                    }
                }
            }
        }
        for (int row = fromRow; row < toRow; row++) {
            finish(outAt + row * outStride + column, columns);
        }
    }

    private void finish(int at, int count) {
        if (epilogue.scale() != 1 || epilogue.activation() != Activation.NONE) {
            VectorKernels.activate(out, at, out, at, count, epilogue.scale(), epilogue.activation());
        }
    }
}
