package dev.matryoshka.engine.preprocess;

import java.util.Arrays;

/** Discrete Fourier transform of a real signal whose length is a power of two: radix 2, decimation in time. */
final class RealFft {
    private final int length;
    private final double[] cosine;
    private final double[] sine;
    private final double[] real;
    private final double[] imaginary;

    RealFft(int length) {
        if (length < 2 || Integer.bitCount(length) != 1) {
            throw new IllegalArgumentException(length + " is not a power of two");
        }
        this.length = length;
        cosine = new double[length / 2];
        sine = new double[length / 2];
        for (int i = 0; i < length / 2; i++) {
            cosine[i] = Math.cos(2 * Math.PI * i / length);
            sine[i] = -Math.sin(2 * Math.PI * i / length);
        }
        real = new double[length];
        imaginary = new double[length];
    }

    /**
     * Magnitudes of the non-negative frequencies.
     *
     * @param signal at most {@code length} values, filled up with zeros
     * @param magnitudes [length / 2 + 1], written
     */
    void magnitudes(float[] signal, double[] magnitudes) {
        int shift = Integer.numberOfLeadingZeros(length) + 1;
        for (int i = 0; i < length; i++) {
            real[Integer.reverse(i) >>> shift] = i < signal.length ? signal[i] : 0;
        }
        Arrays.fill(imaginary, 0);
        for (int half = 1; half < length; half *= 2) {
            butterflies(half);
        }
        for (int i = 0; i < magnitudes.length; i++) {
            magnitudes[i] = Math.sqrt(real[i] * real[i] + imaginary[i] * imaginary[i]);
        }
    }

    private void butterflies(int half) {
        int stride = length / (2 * half);
        for (int block = 0; block < length; block += 2 * half) {
            for (int j = 0; j < half; j++) {
                int low = block + j;
                int high = low + half;
                double cos = cosine[j * stride];
                double sin = sine[j * stride];
                double re = real[high] * cos - imaginary[high] * sin;
                double im = real[high] * sin + imaginary[high] * cos;
                real[high] = real[low] - re;
                imaginary[high] = imaginary[low] - im;
                real[low] += re;
                imaginary[low] += im;
            }
        }
    }
}
