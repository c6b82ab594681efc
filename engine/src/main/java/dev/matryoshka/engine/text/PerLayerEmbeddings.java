package dev.matryoshka.engine.text;

import dev.matryoshka.engine.config.TextConfig;
import dev.matryoshka.engine.weights.Tensor;

/**
 * Rows of the per-layer embedding table, gathered on the CPU from the mapping in every backend: the table is half of
 * the checkpoint and a token needs layers * PLE width values of it.
 */
public final class PerLayerEmbeddings {
    private final Tensor table;
    private final float scale;

    PerLayerEmbeddings(Tensor table, TextConfig config) {
        this.table = table;
        this.scale = (float) Math.sqrt(config.hiddenSizePerLayerInput());
    }

    /** Size of the table. */
    public long bytes() {
        return table.data().byteSize();
    }

    /** The scaled rows of some ids, [ids, layers * PLE width]. Ids beyond the table (soft tokens) take row 0. */
    public float[] gather(int[] ids) {
        float[] rows = new float[ids.length * table.columns()];
        for (int i = 0; i < ids.length; i++) {
            int row = ids[i] < table.rows() ? ids[i] : 0;
            Embeddings.copyRow(table, row, scale, rows, i * table.columns());
        }
        return rows;
    }
}
