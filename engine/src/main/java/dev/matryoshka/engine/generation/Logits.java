package dev.matryoshka.engine.generation;

import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.sampling.Scores;
import dev.matryoshka.engine.text.StepBuffers;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Logits of one token, where the device left them; gone after the next step. The largest few are found by the largest value
 * of each block, so that a device hands over some kilobytes in place of the whole vocabulary.
 */
public final class Logits implements Scores {
    private static final int BLOCK = StepBuffers.BLOCK;

    private final Backend backend;
    private final DeviceTensor values; // [1, vocabulary]
    private final DeviceTensor maxima; // of its blocks, [1, blocks]

    Logits(Backend backend, DeviceTensor values, DeviceTensor maxima) {
        this.backend = backend;
        this.values = values;
        this.maxima = maxima;
    }

    @Override
    public float[] all() {
        float[] all = new float[values.columns()];
        backend.read(values, all);
        return all;
    }

    /** {@inheritDoc} The count-th largest maximum is a bound: so many values are at least as large. */
    @Override
    public Largest largest(int count) {
        if (count >= maxima.columns() || values.columns() % BLOCK != 0) {
            float[] all = all();
            return new Largest(IntStream.range(0, all.length).toArray(), all);
        }
        float[] most = new float[maxima.columns()];
        backend.read(maxima, most);
        float[] sorted = most.clone();
        Arrays.sort(sorted); // NaN counts as the largest
        float bound = sorted[sorted.length - count];
        int[] starts = IntStream.range(0, most.length)
                .filter(i -> Float.compare(most[i], bound) >= 0)
                .map(i -> i * BLOCK)
                .toArray();
        float[] found = new float[starts.length * BLOCK];
        backend.readColumns(values, starts, BLOCK, found);
        int[] ids = IntStream.range(0, found.length)
                .map(i -> starts[i / BLOCK] + i % BLOCK)
                .toArray();
        return new Largest(ids, found);
    }
}
