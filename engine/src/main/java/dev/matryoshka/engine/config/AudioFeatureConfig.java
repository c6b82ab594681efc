package dev.matryoshka.engine.config;

/**
 * How samples become the sound tower's input: the fields of {@code Gemma3nAudioFeatureExtractor} in
 * {@code preprocessor_config.json}. (Its {@code dither}, random noise that is 0 in the published checkpoints, is left out.)
 *
 * @param featureSize mel bands
 * @param samplingRate in Hz
 * @param frameLengthMs length of a frame
 * @param hopLengthMs from frame to frame
 * @param minFrequency lower edge of the lowest band in Hz
 * @param maxFrequency upper edge of the highest band in Hz
 * @param preemphasis coefficient, 0 for none
 * @param preemphasisHtkFlavor the first sample of a frame is scaled instead of looking before the frame
 * @param fftOverdrive twice the FFT length that the frame needs
 * @param inputScaleFactor multiplies the samples
 * @param melFloor smallest value before the logarithm
 */
public record AudioFeatureConfig(
        int featureSize,
        int samplingRate,
        float frameLengthMs,
        float hopLengthMs,
        float minFrequency,
        float maxFrequency,
        float preemphasis,
        boolean preemphasisHtkFlavor,
        boolean fftOverdrive,
        float inputScaleFactor,
        float melFloor) {
    /** What the published checkpoints say. */
    public static final AudioFeatureConfig DEFAULT =
            new AudioFeatureConfig(128, 16_000, 32, 10, 125, 7600, 0.97f, true, true, 1, 1e-5f);

    /** Samples in a frame. */
    public int frameLength() {
        return samples(frameLengthMs);
    }

    /** Samples from frame to frame. */
    public int hopLength() {
        return samples(hopLengthMs);
    }

    /** The power of two that holds a frame, doubled by {@code fftOverdrive}. */
    public int fftLength() {
        int length = Math.max(2, Integer.highestOneBit(2 * frameLength() - 1));
        return fftOverdrive ? 2 * length : length;
    }

    private int samples(float milliseconds) {
        return (int) Math.rint(samplingRate * (double) milliseconds / 1000);
    }
}
