package dev.matryoshka.engine.preprocess;

import dev.matryoshka.engine.config.AudioFeatureConfig;

/**
 * Samples to the logarithm of mel magnitudes, {@code Gemma3nAudioFeatureExtractor}: frames with pre-emphasis under a
 * periodic Hann window, magnitudes of their Fourier transform, mel bands, natural logarithm. Not for concurrent use.
 */
public final class LogMelSpectrogram {
    /** Samples beyond these are ignored, 30 s at 16 kHz: callers refuse or cut longer sounds before. */
    public static final int MAX_SAMPLES = 480_000;

    private static final int PAD_TO_MULTIPLE_OF = 128;

    private final AudioFeatureConfig config;
    private final float[] window;
    private final RealFft fft;
    private final MelFilterBank filters;
    private final float[] frame;
    private final double[] magnitudes;

    public LogMelSpectrogram(AudioFeatureConfig config) {
        this.config = config;
        window = hann(config.frameLength());
        fft = new RealFft(config.fftLength());
        frame = new float[config.frameLength()];
        magnitudes = new double[config.fftLength() / 2 + 1];
        filters = new MelFilterBank(
                magnitudes.length,
                config.minFrequency(),
                config.maxFrequency(),
                config.featureSize(),
                (double) config.samplingRate() / config.fftLength());
    }

    /**
     * The features of a sound. It is filled up with silence to a multiple of 128 samples, and to one whole frame where it
     * is shorter than that (the reference would give none).
     *
     * @param waveform mono, -1 to 1, at the configuration's rate, at least one sample
     */
    public AudioFeatures compute(float[] waveform) {
        int length = Math.min(waveform.length, MAX_SAMPLES);
        // A frame needs one more sample than it has: that is where pre-emphasis of the other flavour looks back to.
        int needed = Math.max(length, config.frameLength() + 1);
        float[] samples = new float[Math.ceilDiv(needed, PAD_TO_MULTIPLE_OF) * PAD_TO_MULTIPLE_OF];
        System.arraycopy(waveform, 0, samples, 0, length);
        int frames = (samples.length - config.frameLength() - 1) / config.hopLength() + 1;
        float[] values = new float[frames * filters.bands()];
        boolean[] mask = new boolean[frames];
        for (int i = 0; i < frames; i++) {
            int start = i * config.hopLength();
            mask[i] = start < length;
            readFrame(samples, start);
            fft.magnitudes(frame, magnitudes);
            for (int band = 0; band < filters.bands(); band++) {
                double mel = Math.max(filters.apply(band, magnitudes), config.melFloor());
                values[i * filters.bands() + band] = (float) Math.log(mel);
            }
        }
        return new AudioFeatures(frames, filters.bands(), values, mask);
    }

    /** Periodic Hann window, rounded to float32 after each step as the reference: near the edges it shows. */
    private static float[] hann(int length) {
        float[] window = new float[length];
        for (int i = 0; i < length; i++) {
            window[i] = 0.5f * (1 - (float) Math.cos((float) (2 * Math.PI) * i / length));
        }
        return window;
    }

    /** One frame, pre-emphasised and windowed, in float32 as the reference. */
    private void readFrame(float[] samples, int start) {
        float scale = config.inputScaleFactor();
        float emphasis = config.preemphasis();
        int shift = emphasis > 0 && !config.preemphasisHtkFlavor() ? 1 : 0;
        for (int i = 0; i < frame.length; i++) {
            int at = start + i + shift;
            float previous = i + shift == 0 ? samples[at] : samples[at - 1];
            frame[i] = (scale * samples[at] - emphasis * (scale * previous)) * window[i];
        }
    }
}
