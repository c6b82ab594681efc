package dev.matryoshka.engine.preprocess;

/**
 * Overlapping triangles that are equally wide on the mel scale, {@code create_fb_matrix} of
 * feature_extraction_gemma3n.py without its optional normalisation. Only the bins under a triangle are kept.
 */
final class MelFilterBank {
    private final int[] firstBin;
    private final double[][] weights;

    MelFilterBank(int bins, double minFrequency, double maxFrequency, int bands, double binWidth) {
        double lowest = mel(minFrequency);
        double step = (mel(maxFrequency) - lowest) / (bands + 1);
        firstBin = new int[bands];
        weights = new double[bands][];
        for (int band = 0; band < bands; band++) {
            double left = hertz(lowest + band * step);
            double peak = hertz(lowest + (band + 1) * step);
            double right = hertz(lowest + (band + 2) * step);
            int from = Math.min(bins, (int) Math.ceil(left / binWidth));
            int to = Math.max(from, Math.min(bins, (int) Math.ceil(right / binWidth)));
            firstBin[band] = from;
            weights[band] = new double[to - from];
            for (int i = from; i < to; i++) {
                double frequency = i * binWidth;
                double rising = (frequency - left) / (peak - left);
                double falling = (right - frequency) / (right - peak);
                weights[band][i - from] = Math.max(0, Math.min(rising, falling));
            }
        }
    }

    int bands() {
        return weights.length;
    }

    /** Weighted sum of the bins under one triangle. */
    double apply(int band, double[] spectrum) {
        double sum = 0;
        for (int i = 0; i < weights[band].length; i++) {
            sum += weights[band][i] * spectrum[firstBin[band] + i];
        }
        return sum;
    }

    private static double mel(double hertz) {
        return 2595 * Math.log10(1 + hertz / 700);
    }

    private static double hertz(double mel) {
        return 700 * (Math.pow(10, mel / 2595) - 1);
    }
}
