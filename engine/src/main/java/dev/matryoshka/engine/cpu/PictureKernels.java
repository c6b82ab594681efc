package dev.matryoshka.engine.cpu;

import dev.matryoshka.engine.backend.ResizeSpec;
import dev.matryoshka.engine.backend.WindowSpec;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/** Windows over pictures, [height * width, channels]; one call computes one output row of the matrix. */
final class PictureKernels {
    private static final int LANES = VectorKernels.F.length();

    private PictureKernels() {}

    /** One patch: the window's pixels one after the other. */
    static void unfold(Rows out, int row, Rows in, WindowSpec s, int patch) {
        int top = patch / s.outWidth() * s.strideY() - s.padTop();
        int left = patch % s.outWidth() * s.strideX() - s.padLeft();
        int channels = in.columns();
        int to = out.at(row);
        for (int ky = 0; ky < s.kernelHeight(); ky++) {
            for (int kx = 0; kx < s.kernelWidth(); kx++, to += channels) {
                int y = top + ky;
                int x = left + kx;
                if (y >= 0 && y < s.height() && x >= 0 && x < s.width()) {
                    System.arraycopy(in.values(), in.at(y * s.width() + x), out.values(), to, channels);
                } else {
                    Arrays.fill(out.values(), to, to + channels, 0);
                }
            }
        }
    }

    /** One pixel of a depthwise convolution; weights [taps, channels]. */
    static void depthwise(Rows out, int pixel, Rows in, float[] w, WindowSpec s) {
        int top = pixel / s.outWidth() * s.strideY() - s.padTop();
        int left = pixel % s.outWidth() * s.strideX() - s.padLeft();
        int channels = in.columns();
        int to = out.at(pixel);
        Arrays.fill(out.values(), to, to + channels, 0);
        for (int ky = Math.max(0, -top); ky < Math.min(s.kernelHeight(), s.height() - top); ky++) {
            for (int kx = Math.max(0, -left); kx < Math.min(s.kernelWidth(), s.width() - left); kx++) {
                int from = in.at((top + ky) * s.width() + left + kx);
                multiplyAdd(out.values(), to, in.values(), from, w, (ky * s.kernelWidth() + kx) * channels, channels);
            }
        }
    }

    /** {@code y[i] += a[i] * b[i]}. */
    static void multiplyAdd(float[] y, int yAt, float[] a, int aAt, float[] b, int bAt, int n) {
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            FloatVector.fromArray(VectorKernels.F, a, aAt + i)
                    .fma(
                            FloatVector.fromArray(VectorKernels.F, b, bAt + i),
                            FloatVector.fromArray(VectorKernels.F, y, yAt + i))
                    .intoArray(y, yAt + i);
        }
        for (; i < n; i++) {
            y[yAt + i] += a[aAt + i] * b[bAt + i];
        }
    }

    /** One pixel of an average pool. */
    static void average(Rows out, int pixel, Rows in, WindowSpec s) {
        int top = pixel / s.outWidth() * s.strideY();
        int left = pixel % s.outWidth() * s.strideX();
        int to = out.at(pixel);
        Arrays.fill(out.values(), to, to + out.columns(), 0);
        float share = 1f / (s.kernelHeight() * s.kernelWidth());
        for (int y = top; y < top + s.kernelHeight(); y++) {
            for (int x = left; x < left + s.kernelWidth(); x++) {
                VectorKernels.axpy(out.values(), to, share, in.values(), in.at(y * s.width() + x), out.columns());
            }
        }
    }

    /** One pixel by nearest neighbour. */
    static void nearest(Rows out, int pixel, Rows in, ResizeSpec s) {
        int y = (int) ((long) (pixel / s.outWidth()) * s.height() / s.outHeight());
        int x = (int) ((long) (pixel % s.outWidth()) * s.width() / s.outWidth());
        System.arraycopy(in.values(), in.at(y * s.width() + x), out.values(), out.at(pixel), out.columns());
    }

    /** One pixel by bilinear interpolation. */
    static void bilinear(Rows out, int pixel, Rows in, ResizeSpec s) {
        float y = source(pixel / s.outWidth(), s.height(), s.outHeight());
        float x = source(pixel % s.outWidth(), s.width(), s.outWidth());
        int y0 = (int) y;
        int x0 = (int) x;
        int y1 = Math.min(y0 + 1, s.height() - 1);
        int x1 = Math.min(x0 + 1, s.width() - 1);
        float fy = y - y0;
        float fx = x - x0;
        int to = out.at(pixel);
        int n = out.columns();
        Arrays.fill(out.values(), to, to + n, 0);
        VectorKernels.axpy(out.values(), to, (1 - fy) * (1 - fx), in.values(), in.at(y0 * s.width() + x0), n);
        VectorKernels.axpy(out.values(), to, (1 - fy) * fx, in.values(), in.at(y0 * s.width() + x1), n);
        VectorKernels.axpy(out.values(), to, fy * (1 - fx), in.values(), in.at(y1 * s.width() + x0), n);
        VectorKernels.axpy(out.values(), to, fy * fx, in.values(), in.at(y1 * s.width() + x1), n);
    }

    private static float source(int at, int size, int outSize) {
        return Math.max(0, (at + 0.5f) * size / outSize - 0.5f);
    }
}
