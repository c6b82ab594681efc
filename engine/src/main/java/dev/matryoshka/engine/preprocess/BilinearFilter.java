package dev.matryoshka.engine.preprocess;

/**
 * Antialiased bilinear resampling along one axis in fixed point, to the bit as PyTorch's
 * {@code _compute_index_ranges_int16_weights} (UpSampleKernel.cpp): the triangle is widened by the scale when shrinking,
 * weights are normalised per output and rounded to 16 bits with as many fractional bits as the largest one allows.
 */
final class BilinearFilter {
    private static final int MAX_PRECISION = 22;

    /** Fractional bits of the weights. */
    final int precision;
    /** First input that counts, [outputs]. */
    final int[] first;
    /** Weights of the inputs from there on, [outputs][inputs that count]. */
    final int[][] weights;

    BilinearFilter(int inputs, int outputs) {
        double scale = (double) inputs / outputs;
        double support = Math.max(scale, 1);
        double largest = 0;
        double[][] exact = new double[outputs][];
        first = new int[outputs];
        for (int i = 0; i < outputs; i++) {
            double center = scale * (i + 0.5);
            first[i] = Math.max((int) (center - support + 0.5), 0);
            int end = Math.min((int) (center + support + 0.5), inputs);
            exact[i] = triangle(first[i] - center + 0.5, 1 / support, end - first[i]);
            for (double weight : exact[i]) {
                largest = Math.max(largest, weight);
            }
        }
        precision = precision(largest);
        weights = new int[outputs][];
        for (int i = 0; i < outputs; i++) {
            weights[i] = new int[exact[i].length];
            for (int j = 0; j < weights[i].length; j++) {
                weights[i][j] = (int) (0.5 + exact[i][j] * (1 << precision));
            }
        }
    }

    /** Rounds a weighted sum of 8-bit values back to 8 bits. */
    int toByte(int sum) {
        return Math.clamp((sum + (1 << (precision - 1))) >> precision, 0, 255);
    }

    private static double[] triangle(double start, double inverseSupport, int count) {
        double[] values = new double[count];
        double total = 0;
        for (int j = 0; j < count; j++) {
            values[j] = Math.max(1 - Math.abs((j + start) * inverseSupport), 0);
            total += values[j];
        }
        for (int j = 0; j < count; j++) {
            values[j] /= total;
        }
        return values;
    }

    private static int precision(double largest) {
        int bits = 0;
        while (bits < MAX_PRECISION && (int) (0.5 + largest * (1 << (bits + 1))) < 1 << 15) {
            bits++;
        }
        return bits;
    }
}
