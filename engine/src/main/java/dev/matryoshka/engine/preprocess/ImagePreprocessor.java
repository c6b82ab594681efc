package dev.matryoshka.engine.preprocess;

/**
 * A picture to the vision tower's input, as {@code SiglipImageProcessor} does for Gemma 3n: resized to a square
 * (antialiased bilinear on 8-bit values, horizontally then vertically), times 1/255, no mean and deviation.
 */
public final class ImagePreprocessor {
    private static final int CHANNELS = 3;
    private static final float RESCALE_FACTOR = (float) (1.0 / 255);

    private ImagePreprocessor() {}

    /** The picture as [3, size, size], 0 to 1. */
    public static float[] toPlanar(RgbImage image, int size) {
        byte[] pixels = resize(image, size);
        int plane = size * size;
        float[] values = new float[pixels.length];
        for (int i = 0; i < plane; i++) {
            for (int c = 0; c < CHANNELS; c++) {
                values[c * plane + i] = rescale(pixels[i * CHANNELS + c]);
            }
        }
        return values;
    }

    /** The picture as [size * size, 3], rows of pixels from top to bottom, 0 to 1. */
    public static float[] toInterleaved(RgbImage image, int size) {
        byte[] pixels = resize(image, size);
        float[] values = new float[pixels.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = rescale(pixels[i]);
        }
        return values;
    }

    private static float rescale(byte value) {
        return (value & 0xFF) * RESCALE_FACTOR;
    }

    /**
     * The picture as [size, size, 3] bytes. Each source row is resampled horizontally once and added to the output rows
     * that it counts for, so that memory depends on {@code size} alone, whatever the shape of the picture.
     */
    static byte[] resize(RgbImage image, int size) {
        BilinearFilter horizontal = new BilinearFilter(image.width(), size);
        BilinearFilter vertical = new BilinearFilter(image.height(), size);
        int[][] sums = new int[size][size * CHANNELS];
        int[] row = new int[size * CHANNELS];
        int oldest = 0;
        for (int y = 0; y < image.height(); y++) {
            resampleRow(image, y, horizontal, row);
            while (oldest < size && vertical.first[oldest] + vertical.weights[oldest].length <= y) {
                oldest++;
            }
            for (int out = oldest; out < size && vertical.first[out] <= y; out++) {
                addScaled(sums[out], row, vertical.weights[out][y - vertical.first[out]]);
            }
        }
        byte[] resized = new byte[size * size * CHANNELS];
        for (int y = 0; y < size; y++) {
            for (int i = 0; i < row.length; i++) {
                resized[y * row.length + i] = (byte) vertical.toByte(sums[y][i]);
            }
        }
        return resized;
    }

    private static void resampleRow(RgbImage image, int y, BilinearFilter filter, int[] row) {
        byte[] rgb = image.rgb();
        int start = y * image.width() * CHANNELS;
        for (int x = 0; x < filter.first.length; x++) {
            int[] weights = filter.weights[x];
            int at = start + filter.first[x] * CHANNELS;
            int red = 0;
            int green = 0;
            int blue = 0;
            for (int weight : weights) {
                red += weight * (rgb[at] & 0xFF);
                green += weight * (rgb[at + 1] & 0xFF);
                blue += weight * (rgb[at + 2] & 0xFF);
                at += CHANNELS;
            }
            row[x * CHANNELS] = filter.toByte(red);
            row[x * CHANNELS + 1] = filter.toByte(green);
            row[x * CHANNELS + 2] = filter.toByte(blue);
        }
    }

    private static void addScaled(int[] sums, int[] row, int weight) {
        for (int i = 0; i < row.length; i++) {
            sums[i] += weight * row[i];
        }
    }
}
