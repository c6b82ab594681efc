package dev.matryoshka.engine.cpu;

import static dev.matryoshka.engine.support.Golden.assertClose;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.backend.Epilogue;
import dev.matryoshka.engine.backend.ResizeSpec;
import dev.matryoshka.engine.backend.WindowSpec;
import dev.matryoshka.engine.support.Matrices;
import dev.matryoshka.engine.support.Matrices.Matrix;
import dev.matryoshka.engine.weights.DType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the picture tower is made of, against plain loops: odd sizes, single pixels, tails of vectors, views. */
class PicturePrimitivesTest {
    private static final float CLOSE = 1e-5f;

    private final Backend backend = new CpuBackend(2);
    private final Matrices matrices = new Matrices(backend);

    @AfterEach
    void close() {
        matrices.close();
        backend.close();
    }

    @ParameterizedTest
    @CsvSource({
        "F32,1,1,1",
        "F32,3,17,5",
        "F32,4,16,640",
        "BF16,5,15,641",
        "BF16,7,33,1283",
        "F16,9,31,64",
        "F16,131,48,17",
        "BF16,193,16,3",
        "F32,388,1,19"
    })
    void matmul(DType type, int rows, int columns, int depth) {
        Matrix x = matrices.view(rows, depth);
        Matrix w = matrices.weight(type, columns, depth);
        Matrix out = matrices.view(rows, columns);
        matrices.run(ops -> ops.matmul(out.tensor(), x.tensor(), w.tensor(), Epilogue.scale(0.5f)));
        float[] expected = new float[rows * columns];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                double sum = 0;
                for (int k = 0; k < depth; k++) {
                    sum += (double) x.at(r, k) * w.at(c, k);
                }
                expected[r * columns + c] = (float) (0.5 * sum);
            }
        }
        assertClose("matmul", expected, matrices.read(out), CLOSE * (float) Math.sqrt(depth));
    }

    @Test
    void notANumberStaysInItsRow() {
        float[] values = matrices.uniform(11 * 20);
        values[6 * 20 + 13] = Float.NaN;
        Matrix x = matrices.view(11, 20, values);
        Matrix w = matrices.weight(DType.BF16, 33, 20);
        Matrix out = matrices.view(11, 33);
        matrices.run(ops -> ops.matmul(out.tensor(), x.tensor(), w.tensor(), Epilogue.NONE));
        float[] result = matrices.read(out);
        for (int i = 0; i < result.length; i++) {
            assertEquals(i / 33 == 6, Float.isNaN(result[i]), "element " + i);
        }
    }

    @ParameterizedTest
    @CsvSource({"1,1,1,1,3,1", "5,7,3,9,3,1", "5,7,3,9,3,2", "6,4,8,17,5,2", "1,9,2,3,5,2", "8,8,1,16,3,2"})
    void convolution(int height, int width, int in, int out, int kernel, int stride) {
        WindowSpec s = WindowSpec.same(height, width, kernel, stride);
        Matrix x = matrices.view(height * width, in);
        Matrix w = matrices.weight(DType.BF16, out, kernel * kernel * in);
        Matrix y = matrices.view(s.outPixels(), out);
        Matrix patches = matrices.view(Math.min(5, s.outPixels()), w.columns());
        matrices.run(ops -> ops.conv2d(y.tensor(), x.tensor(), w.tensor(), s, patches.tensor()));
        float[] expected = new float[s.outPixels() * out];
        for (int pixel = 0; pixel < s.outPixels(); pixel++) {
            for (int o = 0; o < out; o++) {
                for (int tap = 0; tap < kernel * kernel; tap++) {
                    for (int c = 0; c < in; c++) {
                        expected[pixel * out + o] += under(x, s, pixel, tap, c) * w.at(o, tap * in + c);
                    }
                }
            }
        }
        assertClose("conv2d", expected, matrices.read(y), 10 * CLOSE);
    }

    @ParameterizedTest
    @CsvSource({"1,1,1,3,1", "5,7,9,3,1", "5,7,33,5,2", "6,4,16,3,2", "1,9,7,5,2", "2,2,8,5,1"})
    void depthwise(int height, int width, int channels, int kernel, int stride) {
        WindowSpec s = WindowSpec.same(height, width, kernel, stride);
        Matrix x = matrices.view(height * width, channels);
        Matrix w = matrices.weight(DType.F16, kernel * kernel, channels);
        Matrix y = matrices.view(s.outPixels(), channels);
        matrices.run(ops -> ops.depthwiseConv2d(y.tensor(), x.tensor(), w.tensor(), s));
        float[] expected = new float[s.outPixels() * channels];
        for (int i = 0; i < expected.length; i++) {
            for (int tap = 0; tap < kernel * kernel; tap++) {
                expected[i] += under(x, s, i / channels, tap, i % channels) * w.at(tap, i % channels);
            }
        }
        assertClose("depthwiseConv2d", expected, matrices.read(y), CLOSE);
    }

    /** The value under a tap of a window, zero outside. */
    private static float under(Matrix x, WindowSpec s, int pixel, int tap, int channel) {
        int row = pixel / s.outWidth() * s.strideY() - s.padTop() + tap / s.kernelWidth();
        int column = pixel % s.outWidth() * s.strideX() - s.padLeft() + tap % s.kernelWidth();
        boolean inside = row >= 0 && row < s.height() && column >= 0 && column < s.width();
        return inside ? x.at(row * s.width() + column, channel) : 0;
    }

    @Test
    void samePaddingPutsTheOddZeroLast() {
        assertEquals(new WindowSpec(48, 47, 24, 24, 3, 3, 2, 2, 0, 1), WindowSpec.same(48, 47, 3, 2));
        assertEquals(new WindowSpec(48, 47, 24, 24, 5, 5, 2, 2, 1, 2), WindowSpec.same(48, 47, 5, 2));
    }

    @ParameterizedTest
    @CsvSource({"1,1,1,1,1", "6,4,3,2,9", "8,8,2,4,16"})
    void averagePool(int height, int width, int tileHeight, int tileWidth, int channels) {
        int outWidth = width / tileWidth;
        int pixels = height / tileHeight * outWidth;
        Matrix x = matrices.view(height * width, channels);
        Matrix y = matrices.view(pixels, channels);
        WindowSpec s = new WindowSpec(
                height, width, height / tileHeight, outWidth, tileHeight, tileWidth, tileHeight, tileWidth, 0, 0);
        matrices.run(ops -> ops.averagePool2d(y.tensor(), x.tensor(), s));
        float[] expected = new float[pixels * channels];
        for (int i = 0; i < expected.length; i++) {
            for (int tap = 0; tap < tileHeight * tileWidth; tap++) {
                expected[i] += under(x, s, i / channels, tap, i % channels) / (tileHeight * tileWidth);
            }
        }
        assertClose("averagePool2d", expected, matrices.read(y), CLOSE);
    }

    @ParameterizedTest
    @CsvSource({"1,1,1,1,1", "3,3,6,6,9", "3,4,5,7,17", "12,12,4,4,8", "5,2,16,16,3"})
    void resize(int height, int width, int outHeight, int outWidth, int channels) {
        ResizeSpec s = new ResizeSpec(height, width, outHeight, outWidth);
        Matrix x = matrices.view(height * width, channels);
        Matrix nearest = matrices.view(outHeight * outWidth, channels);
        Matrix bilinear = matrices.view(outHeight * outWidth, channels);
        matrices.run(ops -> {
            ops.resizeNearest(nearest.tensor(), x.tensor(), s);
            ops.resizeBilinear(bilinear.tensor(), x.tensor(), s);
        });
        float[] expectedNearest = new float[outHeight * outWidth * channels];
        float[] expectedBilinear = new float[expectedNearest.length];
        for (int i = 0; i < expectedNearest.length; i++) {
            int row = i / channels / outWidth;
            int column = i / channels % outWidth;
            int c = i % channels;
            expectedNearest[i] = x.at(row * height / outHeight * width + column * width / outWidth, c);
            double y = Math.max(0, (row + 0.5) * height / outHeight - 0.5);
            double z = Math.max(0, (column + 0.5) * width / outWidth - 0.5);
            double top = mix(x, width, (int) y, z, c);
            double bottom = mix(x, width, Math.min((int) y + 1, height - 1), z, c);
            expectedBilinear[i] = (float) (top + (bottom - top) * (y - Math.floor(y)));
        }
        assertClose("resizeNearest", expectedNearest, matrices.read(nearest), 0);
        assertClose("resizeBilinear", expectedBilinear, matrices.read(bilinear), CLOSE);
    }

    private static double mix(Matrix x, int width, int row, double column, int c) {
        int left = (int) column;
        double a = x.at(row * width + left, c);
        double b = x.at(row * width + Math.min(left + 1, width - 1), c);
        return a + (b - a) * (column - left);
    }

    @ParameterizedTest
    @CsvSource({"1,1,1,1", "5,3,7,9", "7,12,64,33", "4,16,96,17"})
    void multiQueryAttention(int pixels, int heads, int headDim, int positions) {
        Matrix q = matrices.view(pixels * heads, headDim);
        Matrix k = matrices.view(positions, headDim);
        Matrix v = matrices.view(positions, headDim);
        Matrix out = matrices.view(pixels * heads, headDim);
        Matrix scores = matrices.view(Math.min(11, q.rows()), positions);
        Matrix transposed = matrices.view(headDim, positions);
        matrices.run(ops -> ops.multiQueryAttention(
                out.tensor(), q.tensor(), k.tensor(), v.tensor(), scores.tensor(), transposed.tensor()));
        float[] expected = new float[q.rows() * headDim];
        for (int query = 0; query < q.rows(); query++) {
            double[] share = new double[positions];
            double total = 0;
            for (int p = 0; p < positions; p++) {
                double logit = 0;
                for (int i = 0; i < headDim; i++) {
                    logit += q.at(query, i) * k.at(p, i);
                }
                share[p] = Math.exp(logit);
                total += share[p];
            }
            for (int i = 0; i < headDim; i++) {
                double sum = 0;
                for (int p = 0; p < positions; p++) {
                    sum += share[p] / total * v.at(p, i);
                }
                expected[query * headDim + i] = (float) sum;
            }
        }
        assertClose("multiQueryAttention", expected, matrices.read(out), 10 * CLOSE);
    }

    @Test
    void softmaxOfLargeLogitsIsFinite() {
        float[] values = new float[2 * 19];
        values[4] = 3e38f;
        values[19 + 7] = -3e38f;
        Matrix x = matrices.view(2, 19, values);
        matrices.run(ops -> ops.softmax(x.tensor()));
        float[] result = matrices.read(x);
        assertEquals(1, result[4], CLOSE);
        assertEquals(0, result[19 + 7]);
        for (int row = 0; row < 2; row++) {
            float sum = 0;
            for (int i = 0; i < 19; i++) {
                sum += result[row * 19 + i];
                assertTrue(result[row * 19 + i] >= 0);
            }
            assertEquals(1, sum, CLOSE);
        }
    }
}
