package dev.matryoshka.engine.cpu;

import static dev.matryoshka.engine.support.Golden.assertClose;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.engine.backend.AttentionSpec;
import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.FfnWeights;
import dev.matryoshka.engine.backend.Program;
import dev.matryoshka.engine.backend.StepParams;
import dev.matryoshka.engine.support.Matrices;
import dev.matryoshka.engine.support.Matrices.Matrix;
import dev.matryoshka.engine.weights.DType;
import dev.matryoshka.engine.weights.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the decoder is made of, against plain loops and against itself in another shape. */
class DecoderPrimitivesTest {
    private static final float CLOSE = 1e-5f;

    private final Backend backend = new CpuBackend(2);
    private final Matrices matrices = new Matrices(backend);

    @AfterEach
    void close() {
        matrices.close();
        backend.close();
    }

    @ParameterizedTest
    @CsvSource({"1,1,1", "3,17,17", "131,24,8", "2,33,11"})
    void rmsNorm(int rows, int columns, int width) {
        Matrix x = matrices.view(rows, columns);
        Matrix w = matrices.weight(DType.BF16, 1, width);
        Matrix out = matrices.view(rows, columns);
        matrices.run(ops -> ops.rmsNorm(out.tensor(), x.tensor(), w.tensor(), width, 1e-6f));
        float[] expected = new float[rows * columns];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                double square = 0;
                for (int i = c / width * width; i < c / width * width + width; i++) {
                    square += (double) x.at(r, i) * x.at(r, i);
                }
                expected[r * columns + c] =
                        (float) (x.at(r, c) / Math.sqrt(square / width + 1e-6) * w.at(0, c % width));
            }
        }
        assertClose("rmsNorm", expected, matrices.read(out), CLOSE);
    }

    /** One row reads {@code up} where the gate is not zero; more rows run the definition. */
    @ParameterizedTest
    @CsvSource({"0.95,300,64", "0.5,17,5", "0.8,1,3"})
    void sparseFeedForwardEqualsItsDefinition(float sparsity, int width, int hidden) {
        FfnWeights w = new FfnWeights(
                matrices.weight(DType.BF16, width, hidden).tensor(),
                matrices.weight(DType.F16, width, hidden).tensor(),
                matrices.weight(DType.F32, hidden, width).tensor());
        Matrix x = matrices.view(2, hidden);
        Matrix two = matrices.view(2, hidden);
        Matrix one = matrices.view(1, hidden);
        DeviceTensor gate = matrices.view(2, width).tensor();
        DeviceTensor up = matrices.view(2, width).tensor();
        matrices.run(ops -> {
            ops.gatedFfn(two.tensor(), x.tensor(), w, gate, up, sparsity);
            ops.gatedFfn(one.tensor(), x.tensor().rows(1, 1), w, gate.rows(0, 1), up.rows(0, 1), sparsity);
        });
        float[] expected = Arrays.copyOfRange(matrices.read(two), hidden, 2 * hidden);
        assertClose("gatedFfn", expected, matrices.read(one), CLOSE);
    }

    @Test
    void gaussianTopKKeepsAboutTheShareItShould() {
        int n = 20_000;
        Matrix x = matrices.view(1, n);
        float[] normal = new float[n];
        Random random = new Random(3);
        for (int i = 0; i < n; i++) {
            normal[i] = (float) (5 + 2 * random.nextGaussian());
        }
        backend.write(x.tensor(), normal);
        matrices.run(ops -> ops.gaussianTopK(x.tensor(), 0.95f));
        float[] kept = matrices.read(x);
        long active = 0;
        for (int i = 0; i < n; i++) {
            active += kept[i] > 0 ? 1 : 0;
            double expected = Math.max(0, normal[i] - (5 + 2 * 1.6448536));
            assertEquals(expected, kept[i], 0.15, "sample mean and deviation differ a little from 5 and 2");
        }
        assertEquals(0.05, active / (double) n, 0.005);
    }

    /** A ring that wraps gives what a cache that holds everything gives. */
    @ParameterizedTest
    @ValueSource(ints = {1, 4, 7})
    void localAttentionInAWrappedRing(int chunk) {
        int window = 5;
        int positions = 40;
        AttentionSpec spec = new AttentionSpec(4, 2, 8, window, 1);
        Matrix input = matrices.view(positions, 32);
        float[] wide = attend(spec, input, positions, positions, chunk);
        float[] ring = attend(spec, input, window + chunk - 1, positions, chunk);
        assertClose("attention", wide, ring, 0);
    }

    /** Stores and attends {@code chunk} positions at a time; the last 16 columns of a row serve as key and value. */
    private float[] attend(AttentionSpec spec, Matrix input, int capacity, int positions, int chunk) {
        DeviceTensor keys = matrices.view(capacity, 16).tensor();
        DeviceTensor q = matrices.view(chunk, 32).tensor();
        DeviceTensor kv = q.columns(16, 16);
        DeviceTensor out = matrices.view(chunk, 32).tensor();
        float[] all = new float[positions * 32];
        try (Program program = backend.record("attend", ops -> {
            ops.store(keys, kv);
            ops.attention(out, q, keys, keys, spec);
        })) {
            for (int from = 0; from < positions; from += chunk) {
                int count = Math.min(chunk, positions - from);
                float[] rows = new float[count * 32];
                for (int i = 0; i < rows.length; i++) {
                    rows[i] = input.at(from + i / 32, i % 32);
                }
                backend.write(q, rows);
                program.run(new StepParams(from, count));
                backend.read(out, rows);
                System.arraycopy(rows, 0, all, from * 32, rows.length);
            }
        }
        return all;
    }

    /** The scalar product of rotated vectors depends on their distance alone. */
    @Test
    void ropeTurnsByTheDistance() {
        Matrix q = matrices.view(8, 16);
        float[] same = new float[8 * 16];
        for (int i = 0; i < same.length; i++) {
            same[i] = (float) Math.sin(1 + i % 16);
        }
        backend.write(q.tensor(), same);
        try (Program program = backend.record("rope", ops -> ops.rope(q.tensor(), 16, 10_000))) {
            program.run(new StepParams(0, 8));
        }
        float[] turned = matrices.read(q);
        for (int distance = 1; distance < 4; distance++) {
            assertEquals(dot(turned, 0, distance), dot(turned, 4, 4 + distance), 1e-4);
        }
        assertTrue(Math.abs(dot(turned, 0, 1) - dot(turned, 0, 3)) > 0.1);
    }

    private static double dot(float[] rows, int a, int b) {
        double sum = 0;
        for (int i = 0; i < 16; i++) {
            sum += (double) rows[a * 16 + i] * rows[b * 16 + i];
        }
        return sum;
    }

    /** Every float16 there is, infinities and NaNs among them, by the vector path and the tail. */
    @Test
    void everyFloat16IsReadExactly() {
        MemorySegment bytes = Arena.ofAuto().allocate(1 << 17, 64);
        for (int bits = 0; bits < 1 << 16; bits++) {
            bytes.setAtIndex(ValueLayout.JAVA_SHORT, bits, (short) bits);
        }
        int columns = 16;
        int rows = (1 << 16) / columns;
        DeviceTensor w = backend.load(new Tensor("halves", DType.F16, List.of(rows, columns), bytes));
        for (int column = 0; column < columns; column++) {
            float[] pick = new float[columns];
            pick[column] = 1;
            WeightRows halves = WeightRows.of(w.columns(column, 1));
            for (int row = 0; row < rows; row++) {
                float exact = Float.float16ToFloat((short) (row * columns + column)) + 0f; // a sum has no -0
                assertEquals(exact, halves.dot(row, new float[] {1}, 0));
                if (Float.isFinite(exact) && row % 64 != 31 && row % 64 != 63) { // no infinity in the same row
                    assertEquals(exact, WeightRows.of(w).dot(row, pick, 0));
                }
            }
        }
    }

    @Test
    void matchMagnitudeHasAFloor() {
        Matrix x = matrices.view(2, 4);
        Matrix like = matrices.view(2, 4);
        backend.write(x.tensor(), new float[] {3, 3, 3, 3, 0, 0, 0, 0});
        backend.write(like.tensor(), new float[] {1, -1, 1, -1, 2, 2, 2, 2});
        matrices.run(ops -> ops.matchMagnitude(x.tensor(), like.tensor(), 1e-5f));
        assertClose("matched", new float[] {1, 1, 1, 1, 0, 0, 0, 0}, matrices.read(x), CLOSE);
    }
}
