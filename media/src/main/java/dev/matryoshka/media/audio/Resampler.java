package dev.matryoshka.media.audio;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Changes the sampling rate with a windowed sinc, one filter for each phase between the two rates (J. O. Smith,
 * <a href="https://ccrma.stanford.edu/~jos/resample/">Digital Audio Resampling</a>). The pass band ends at 91% of the lower
 * rate's half, and from 100% on nothing is left (-90 dB). Output sample k lies exactly at input position k * from / to.
 */
final class Resampler {
    /** Zero crossings of the sinc on either side. */
    private static final int ZERO_CROSSINGS = 64;
    /** Shape of the Kaiser window: 90 dB. */
    private static final double KAISER_BETA = 9;
    /** Middle of the transition, as a part of the lower rate's half. */
    private static final double CUTOFF = 0.955;

    private final int from;
    private final int to;
    private final double bandwidth;
    private final int halfWidth;
    /** [to][2 * halfWidth], each null until it is needed. */
    private final float[] @Nullable [] filters;

    /** Input from sample {@code start} on; it begins with silence before the first. */
    private float[] input;

    private int inputLength;
    private long start;
    private long received;
    private float[] output = new float[1 << 14];
    private int outputLength;

    Resampler(int fromRate, int toRate) {
        int divisor = gcd(fromRate, toRate);
        from = fromRate / divisor;
        to = toRate / divisor;
        bandwidth = CUTOFF * Math.min(1, (double) to / from);
        halfWidth = (int) Math.ceil(ZERO_CROSSINGS / bandwidth);
        filters = new float[to][];
        input = new float[4 * halfWidth];
        inputLength = halfWidth;
        start = -halfWidth;
    }

    /** Takes the next input samples. */
    void add(float[] samples) {
        received += samples.length;
        if (from == to) {
            output = room(output, outputLength, samples.length);
            System.arraycopy(samples, 0, output, outputLength, samples.length);
            outputLength += samples.length;
            return;
        }
        input = room(input, inputLength, samples.length);
        System.arraycopy(samples, 0, input, inputLength, samples.length);
        inputLength += samples.length;
        convolve(Long.MAX_VALUE);
    }

    /** All output: as many samples as it takes to cover the input. Called once, after the last input. */
    float[] finish() {
        if (from != to) {
            input = room(input, inputLength, halfWidth);
            Arrays.fill(input, inputLength, inputLength + halfWidth, 0);
            inputLength += halfWidth;
            convolve(Math.ceilDiv(received * to, from));
        }
        return Arrays.copyOf(output, outputLength);
    }

    /** As many output samples, up to {@code limit} in all, as the input at hand allows. */
    private void convolve(long limit) {
        while (outputLength < limit) {
            long center = Math.floorDiv((long) outputLength * from, to);
            int first = (int) (center - halfWidth + 1 - start);
            if (first + 2 * halfWidth > inputLength) {
                break;
            }
            output = room(output, outputLength, 1);
            output[outputLength] = dot(input, first, filter((int) ((long) outputLength * from % to)));
            outputLength++;
        }
        long needed = Math.floorDiv((long) outputLength * from, to) - halfWidth + 1;
        int drop = Math.clamp(needed - start, 0, inputLength);
        System.arraycopy(input, drop, input, 0, inputLength - drop);
        inputLength -= drop;
        start += drop;
    }

    private static float dot(float[] input, int first, float[] filter) {
        float even = 0;
        float odd = 0;
        for (int i = 0; i < filter.length; i += 2) {
            even += input[first + i] * filter[i];
            odd += input[first + i + 1] * filter[i + 1];
        }
        return even + odd;
    }

    /** The filter for output that lies {@code phase / to} after an input sample; its sum is 1. */
    private float[] filter(int phase) {
        float[] known = filters[phase];
        if (known != null) {
            return known;
        }
        double[] exact = new double[2 * halfWidth];
        double sum = 0;
        for (int i = 0; i < exact.length; i++) {
            double distance = i - halfWidth + 1 - (double) phase / to;
            exact[i] = sinc(bandwidth * distance) * kaiser(distance / halfWidth);
            sum += exact[i];
        }
        float[] filter = new float[exact.length];
        for (int i = 0; i < exact.length; i++) {
            filter[i] = (float) (exact[i] / sum);
        }
        filters[phase] = filter;
        return filter;
    }

    private static double sinc(double x) {
        return x == 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
    }

    private static double kaiser(double x) {
        return x * x >= 1 ? 0 : bessel(KAISER_BETA * Math.sqrt(1 - x * x)) / bessel(KAISER_BETA);
    }

    /** Modified Bessel function of the first kind and order 0, by its power series. */
    private static double bessel(double x) {
        double term = 1;
        double sum = 1;
        for (int k = 1; term > 1e-12 * sum; k++) {
            term *= (x / (2 * k)) * (x / (2 * k));
            sum += term;
        }
        return sum;
    }

    private static float[] room(float[] array, int used, int more) {
        return used + more <= array.length ? array : Arrays.copyOf(array, Math.max(2 * array.length, used + more));
    }

    private static int gcd(int a, int b) {
        return b == 0 ? a : gcd(b, a % b);
    }
}
