package dev.matryoshka.engine.text;

import dev.matryoshka.engine.weights.Tensor;

/** Gathering from embedding tables. */
final class Embeddings {
    private Embeddings() {}

    /** {@code into[at + i] = table[row, i] * scale}. */
    static void copyRow(Tensor table, int row, float scale, float[] into, int at) {
        table.copyTo(into, at, (long) row * table.columns(), table.columns());
        for (int i = 0; i < table.columns(); i++) {
            into[at + i] *= scale;
        }
    }
}
