package dev.matryoshka.engine;

import dev.matryoshka.engine.audio.AudioEncoder;
import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.config.PublishedTowers;
import dev.matryoshka.engine.vision.VisionEncoder;
import dev.matryoshka.engine.weights.SyntheticWeights;
import java.util.Arrays;
import java.util.Map;

/** Measures the published encoders with weights by formula: a picture and a sound, the first one and those after it. */
public final class TowerBenchmark {
    private static final int FRAMES_PER_SECOND = 100;
    private static final int MELS = 128;

    private TowerBenchmark() {}

    /**
     * Times of an encoder.
     *
     * @param loadSeconds until its weights were on the device
     * @param firstSeconds of the first input, programs recorded on the way
     * @param seconds of those after it, the median
     */
    public record Result(double loadSeconds, double firstSeconds, double seconds) {}

    /**
     * MobileNet-V5-300M.
     *
     * @param size of the picture's side, in pixels
     * @param runs after the first
     */
    public static Result picture(Backend backend, int size, int runs) {
        float[] pixels = SyntheticWeights.uniform("picture", 3 * size * size, 1);
        long start = System.nanoTime();
        try (SyntheticWeights weights = new SyntheticWeights(Map.of(), 1);
                VisionEncoder encoder = new VisionEncoder(weights, PublishedTowers.VISION, backend)) {
            return measure(start, runs, () -> encoder.encode(pixels, size));
        }
    }

    /**
     * The Conformer, on log-mel features.
     *
     * @param runs after the first
     */
    public static Result sound(Backend backend, double length, int runs) {
        int frames = (int) (length * FRAMES_PER_SECOND);
        float[] mel = SyntheticWeights.uniform("sound", frames * MELS, 1);
        boolean[] valid = new boolean[frames];
        Arrays.fill(valid, true);
        long start = System.nanoTime();
        try (SyntheticWeights weights = new SyntheticWeights(Map.of(), 1)) {
            AudioEncoder encoder = new AudioEncoder(weights, PublishedTowers.AUDIO, backend);
            return measure(start, runs, () -> encoder.encode(mel, valid));
        }
    }

    private static Result measure(long start, int runs, Runnable encode) {
        double load = seconds(start);
        double[] times = new double[runs];
        long first = System.nanoTime();
        encode.run();
        double firstSeconds = seconds(first);
        for (int i = 0; i < runs; i++) {
            long now = System.nanoTime();
            encode.run();
            times[i] = seconds(now);
        }
        Arrays.sort(times);
        return new Result(load, firstSeconds, (times[(runs - 1) / 2] + times[runs / 2]) / 2);
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }
}
