package dev.matryoshka.engine.text;

import dev.matryoshka.engine.backend.DeviceTensor;

/**
 * Matrices of an adapter beside a linear layer.
 *
 * @param a [rank, inputs]
 * @param b [outputs, rank]
 * @param factor of their product
 */
record LowRank(DeviceTensor a, DeviceTensor b, float factor) {
    LowRank times(float strength) {
        return new LowRank(a, b, factor * strength);
    }

    int rank() {
        return a.rows();
    }

    /** Beside the first outputs and inputs of the layer: views, nothing is copied. */
    LowRank narrow(int outputs, int inputs) {
        return new LowRank(a.columns(0, inputs), b.rows(0, outputs), factor);
    }
}
