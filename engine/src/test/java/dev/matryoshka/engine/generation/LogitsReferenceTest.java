package dev.matryoshka.engine.generation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.Program;
import dev.matryoshka.engine.backend.StepParams;
import dev.matryoshka.engine.backend.Workspace;
import dev.matryoshka.engine.sampling.Sampler;
import dev.matryoshka.engine.sampling.Scores;
import dev.matryoshka.engine.support.TestDevice;
import dev.matryoshka.engine.text.StepBuffers;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The largest logits as a device hands them over. */
class LogitsReferenceTest {
    private static final int VOCABULARY = 64 * 200;

    private Backend backend;
    private Workspace workspace;

    @BeforeEach
    void open() {
        backend = TestDevice.open();
        workspace = backend.workspace("activations");
    }

    @AfterEach
    void close() {
        workspace.close();
        backend.close();
    }

    @Test
    void thatManyAreAmongThem() {
        float[] values = values(3, VOCABULARY);
        values[VOCABULARY - 1] = 99;
        Scores.Largest found = logits(values).largest(64);
        assertTrue(found.ids().length <= 64 * 64, "some blocks alone are read");
        float[] sorted = values.clone();
        Arrays.sort(sorted);
        float bound = sorted[VOCABULARY - 64];
        int[] wanted =
                IntStream.range(0, VOCABULARY).filter(i -> values[i] >= bound).toArray();
        int[] had = IntStream.range(0, found.ids().length)
                .filter(i -> found.logits()[i] >= bound)
                .map(i -> found.ids()[i])
                .toArray();
        assertArrayEquals(wanted, had);
        IntStream.range(0, found.ids().length).forEach(i -> assertEquals(values[found.ids()[i]], found.logits()[i]));
    }

    @Test
    void drawsAreThoseOfTheWholeVocabulary() {
        float[] values = values(4, VOCABULARY);
        for (Sampler.Settings settings : new Sampler.Settings[] {
            new Sampler.Settings(0, 0, 1, 0, 1, 5), new Sampler.Settings(1, 64, 0.95f, 0, 1, 5),
            new Sampler.Settings(2, 3, 1, 0.01f, 1, 6), new Sampler.Settings(1, 0, 0.9f, 0, 1, 7),
        }) {
            Sampler some = new Sampler(settings);
            Sampler all = new Sampler(settings);
            Logits logits = logits(values);
            for (int i = 0; i < 20; i++) {
                assertEquals(all.next(values::clone, new int[0]), some.next(logits, new int[0]));
            }
        }
    }

    @Test
    void equalOnesGoToTheFirst() {
        float[] values = new float[VOCABULARY];
        Sampler greedy = new Sampler(new Sampler.Settings(0, 0, 1, 0, 1, 0));
        assertEquals(0, greedy.next(logits(values), new int[0]));
    }

    @Test
    void whatIsNoNumberIsAmongThem() {
        float[] values = values(5, VOCABULARY);
        values[777] = Float.NaN;
        Scores.Largest found = logits(values).largest(1);
        assertTrue(IntStream.range(0, found.ids().length).anyMatch(i -> Float.isNaN(found.logits()[i])));
    }

    @Test
    void aVocabularyOfNoWholeBlocks() {
        float[] values = values(6, 1000);
        assertArrayEquals(values, logits(values).largest(2).logits());
    }

    private Logits logits(float[] values) {
        DeviceTensor all = workspace.allocate(1, values.length);
        DeviceTensor maxima = workspace.allocate(1, (values.length + StepBuffers.BLOCK - 1) / StepBuffers.BLOCK);
        backend.write(all, values);
        try (Program program = backend.record("maxima", ops -> ops.blockMaxima(maxima, all, StepBuffers.BLOCK))) {
            program.run(StepParams.ALL);
        }
        return new Logits(backend, all, maxima);
    }

    private static float[] values(long seed, int count) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian() * 4;
        }
        return values;
    }
}
