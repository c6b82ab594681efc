package dev.matryoshka.engine.cpu;

import static dev.matryoshka.engine.support.Golden.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.backend.LocalAttentionSpec;
import dev.matryoshka.engine.support.Matrices;
import dev.matryoshka.engine.support.Matrices.Matrix;
import dev.matryoshka.engine.weights.DType;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the sound tower is made of, against plain loops. */
class SoundPrimitivesTest {
    private static final float CLOSE = 1e-5f;

    private final Backend backend = new CpuBackend(2);
    private final Matrices matrices = new Matrices(backend);

    @AfterEach
    void close() {
        matrices.close();
        backend.close();
    }

    @ParameterizedTest
    @CsvSource({"1,1,1", "7,5,3", "9,4,16", "131,2,9"})
    void cumulativeGroupNorm(int steps, int features, int channels) {
        float eps = 1e-3f;
        int width = features * channels;
        Matrix x = matrices.view(steps, width);
        Matrix w = matrices.weight(DType.BF16, 1, channels);
        matrices.run(ops -> ops.cumulativeGroupNorm(x.tensor(), w.tensor(), eps));
        float[] expected = new float[steps * width];
        double squares = 0;
        for (int t = 0; t < steps; t++) {
            double mean = 0;
            for (int i = 0; i < (t + 1) * width; i++) {
                mean += x.values()[i] / (double) ((t + 1) * width);
            }
            for (int i = 0; i < width; i++) {
                squares += Math.pow(x.at(t, i) - mean, 2);
            }
            double deviation = Math.sqrt(squares / ((t + 1) * width) + eps);
            for (int i = 0; i < width; i++) {
                expected[t * width + i] = (float) ((x.at(t, i) - mean) / deviation * w.at(0, i % channels));
            }
        }
        assertClose("cumulativeGroupNorm", expected, matrices.read(x), 10 * CLOSE);
    }

    @ParameterizedTest
    @CsvSource({"1,1,1,1,0,0", "13,2,7,6,6,0", "25,3,16,12,12,0", "17,1,9,4,3,2", "5,2,4,12,12,0"})
    void localAttention(int frames, int heads, int headDim, int chunk, int past, int future) {
        LocalAttentionSpec s = new LocalAttentionSpec(heads, headDim, chunk, past, future, 2);
        int width = heads * headDim;
        float[] sound = new float[frames];
        Arrays.fill(sound, 1);
        for (int frame = 3; frame < frames; frame += 5) {
            sound[frame] = 0;
        }
        Matrix q = matrices.view(frames, width);
        Matrix k = matrices.view(frames, width);
        Matrix v = matrices.view(frames, width);
        Matrix positions = matrices.view(past + 1 + future, width);
        Matrix valid = matrices.view(1, frames, sound);
        Matrix out = matrices.view(frames, width);
        matrices.run(ops -> ops.localAttention(
                out.tensor(), q.tensor(), k.tensor(), v.tensor(), positions.tensor(), valid.tensor(), s));
        float[] expected = new float[frames * width];
        for (int frame = 0; frame < frames; frame++) {
            for (int head = 0; head < heads; head++) {
                attend(expected, frame, head, q, k, v, positions, sound, s);
            }
        }
        assertClose("localAttention", expected, matrices.read(out), 10 * CLOSE);
    }

    /** As the reference: a block's context with logits everywhere, the least one where a frame must not be seen. */
    private static void attend(
            float[] out,
            int frame,
            int head,
            Matrix q,
            Matrix k,
            Matrix v,
            Matrix positions,
            float[] sound,
            LocalAttentionSpec s) {
        int context = s.chunk() + s.past() + s.future();
        int first = frame / s.chunk() * s.chunk() - s.past();
        double[] share = new double[context];
        double largest = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < context; i++) {
            int key = first + i;
            int place = key - (frame - s.past());
            boolean seen = key >= 0 && key < sound.length && sound[key] != 0;
            share[i] = -Float.MAX_VALUE;
            if (seen && place >= 0 && place <= s.past() + s.future()) {
                double logit = 0;
                for (int c = head * s.headDim(); c < (head + 1) * s.headDim(); c++) {
                    logit += q.at(frame, c) * (k.at(key, c) + positions.at(place, c));
                }
                share[i] = s.cap() * Math.tanh(logit / s.cap());
            }
            largest = Math.max(largest, share[i]);
        }
        double total = 0;
        for (int i = 0; i < context; i++) {
            share[i] = Math.exp(share[i] - largest);
            total += share[i];
        }
        for (int c = head * s.headDim(); c < (head + 1) * s.headDim(); c++) {
            double sum = 0;
            for (int i = 0; i < context; i++) {
                int key = first + i;
                sum += key >= 0 && key < sound.length ? share[i] / total * v.at(key, c) : 0;
            }
            out[frame * q.columns() + c] = (float) sum;
        }
    }

    @ParameterizedTest
    @CsvSource({"1,1", "5,9", "3,33"})
    void glu(int rows, int columns) {
        Matrix x = matrices.view(rows, 2 * columns);
        Matrix out = matrices.view(rows, columns);
        matrices.run(ops -> ops.glu(out.tensor(), x.tensor()));
        float[] expected = new float[rows * columns];
        for (int i = 0; i < expected.length; i++) {
            double gate = x.at(i / columns, columns + i % columns);
            expected[i] = (float) (x.at(i / columns, i % columns) / (1 + Math.exp(-gate)));
        }
        assertClose("glu", expected, matrices.read(out), CLOSE);
    }

    @ParameterizedTest
    @CsvSource({"1,1,1", "1,9,5", "3,17,5", "20,16,3"})
    void causalConvolution(int rows, int columns, int taps) {
        Matrix x = matrices.view(rows, columns);
        Matrix w = matrices.weight(DType.BF16, taps, columns);
        Matrix out = matrices.view(rows, columns);
        matrices.run(ops -> ops.depthwiseConv1d(out.tensor(), x.tensor(), w.tensor()));
        float[] expected = new float[rows * columns];
        for (int i = 0; i < expected.length; i++) {
            for (int back = 0; back < taps && back <= i / columns; back++) {
                expected[i] += x.at(i / columns - back, i % columns) * w.at(taps - 1 - back, i % columns);
            }
        }
        assertClose("depthwiseConv1d", expected, matrices.read(out), CLOSE);
    }

    @Test
    void rowsAndLimits() {
        Matrix x = matrices.view(7, 19);
        Matrix scaled = matrices.view(7, 19, x.values().clone());
        Matrix clamped = matrices.view(7, 19, x.values().clone());
        Matrix factors = matrices.view(1, 7);
        Matrix third = matrices.view(3, 19);
        Matrix transposed = matrices.view(19, 7);
        matrices.run(ops -> {
            ops.scaleRows(scaled.tensor(), factors.tensor());
            ops.clamp(clamped.tensor(), 0.25f);
            ops.everyNthRow(third.tensor(), x.tensor(), 3);
            ops.transpose(transposed.tensor(), x.tensor());
        });
        float[] times = new float[7 * 19];
        float[] limited = new float[7 * 19];
        float[] turned = new float[7 * 19];
        float[] picked = new float[3 * 19];
        for (int row = 0; row < 7; row++) {
            for (int c = 0; c < 19; c++) {
                times[row * 19 + c] = x.at(row, c) * factors.at(0, row);
                limited[row * 19 + c] = Math.clamp(x.at(row, c), -0.25f, 0.25f);
                turned[c * 7 + row] = x.at(row, c);
                if (row % 3 == 0) {
                    picked[row / 3 * 19 + c] = x.at(row, c);
                }
            }
        }
        assertClose("scaleRows", times, matrices.read(scaled), 0);
        assertClose("clamp", limited, matrices.read(clamped), 0);
        assertClose("everyNthRow", picked, matrices.read(third), 0);
        assertClose("transpose", turned, matrices.read(transposed), 0);
    }

    @Test
    void notANumberSurvivesTheLimit() {
        Matrix x = matrices.view(1, 9, new float[] {0, 1, Float.NaN, 3, 4, 5, 6, 7, Float.POSITIVE_INFINITY});
        matrices.run(ops -> ops.clamp(x.tensor(), 5));
        float[] result = matrices.read(x);
        assertArrayEquals(new float[] {0, 1, Float.NaN, 3, 4, 5, 5, 5, 5}, result);
    }
}
