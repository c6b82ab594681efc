package dev.matryoshka.media.audio;

import java.util.Arrays;

/** Where nothing is said: samples at 16 kHz in frames of 20 ms, each loud or silent by its mean square. */
final class Silence {
    /** Samples of a frame. */
    static final int FRAME = AudioDecoder.SAMPLE_RATE / 50;

    /** Kept before the first and after the last loud frame: soft consonants, breath. */
    private static final int MARGIN_FRAMES = 10;
    /** -60 dB of full scale: below lies what a muted input gives. */
    private static final double LEAST = 1e-6;
    /** Loud is 10 dB over the background, which is the level that a tenth of the frames stays under. */
    private static final double OVER_BACKGROUND = 10;
    /** Whatever the background, what comes within 20 dB of the loudest frame is loud. */
    private static final double UNDER_LOUDEST = 0.01;

    private Silence() {}

    /** Without the silence before and after; empty where there is nothing else. */
    static float[] trim(float[] samples) {
        double[] powers = powers(samples);
        double threshold = threshold(powers);
        int first = 0;
        while (first < powers.length && powers[first] < threshold) {
            first++;
        }
        if (first == powers.length) {
            return new float[0];
        }
        int last = powers.length - 1;
        while (powers[last] < threshold) {
            last--;
        }
        int from = Math.max(0, first - MARGIN_FRAMES) * FRAME;
        int to = Math.min(samples.length, (last + 1 + MARGIN_FRAMES) * FRAME);
        return Arrays.copyOfRange(samples, from, to);
    }

    /** The mean square of each frame; the last frame may be shorter. */
    static double[] powers(float[] samples) {
        double[] powers = new double[Math.ceilDiv(samples.length, FRAME)];
        for (int f = 0; f < powers.length; f++) {
            int end = Math.min(samples.length, (f + 1) * FRAME);
            double sum = 0;
            for (int i = f * FRAME; i < end; i++) {
                sum += samples[i] * samples[i];
            }
            powers[f] = sum / (end - f * FRAME);
        }
        return powers;
    }

    private static double threshold(double[] powers) {
        if (powers.length == 0) {
            return LEAST;
        }
        double[] sorted = powers.clone();
        Arrays.sort(sorted);
        double background = sorted[sorted.length / 10];
        double loudest = sorted[sorted.length - 1];
        return Math.max(LEAST, Math.min(background * OVER_BACKGROUND, loudest * UNDER_LOUDEST));
    }
}
