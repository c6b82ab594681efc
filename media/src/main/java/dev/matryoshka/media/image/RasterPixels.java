package dev.matryoshka.media.image;

import dev.matryoshka.engine.preprocess.RgbImage;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;

/**
 * The stored samples of a picture as 8-bit RGB. They are taken as they are: {@link BufferedImage#getRGB} would brighten
 * gray, which Java holds to be linear.
 */
public final class RasterPixels {
    private RasterPixels() {}

    /** RGB, transparent pixels blended with white. */
    public static RgbImage overWhite(BufferedImage image) {
        Raster raster = image.getRaster();
        int width = raster.getWidth();
        int height = raster.getHeight();
        byte[] rgb = new byte[Math.multiplyExact(3, Math.multiplyExact(width, height))];
        ColorModel model = image.getColorModel();
        int bands = raster.getNumBands();
        int[] samples = new int[width * bands];
        for (int y = 0; y < height; y++) {
            raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, samples);
            int to = y * width * 3;
            if (model instanceof IndexColorModel palette) {
                writePalette(palette, samples, rgb, to);
            } else {
                toBytes(model, bands, samples);
                writeDirect(bands, samples, rgb, to);
            }
        }
        return new RgbImage(width, height, rgb);
    }

    private static void writePalette(IndexColorModel palette, int[] samples, byte[] rgb, int to) {
        int at = to;
        for (int index : samples) {
            int alpha = palette.getAlpha(index);
            rgb[at++] = blend(palette.getRed(index), alpha);
            rgb[at++] = blend(palette.getGreen(index), alpha);
            rgb[at++] = blend(palette.getBlue(index), alpha);
        }
    }

    /** One band is gray, two are gray and alpha, three RGB, four RGB and alpha. */
    private static void writeDirect(int bands, int[] samples, byte[] rgb, int to) {
        boolean color = bands >= 3;
        boolean transparent = bands % 2 == 0;
        int at = to;
        for (int i = 0; i < samples.length; i += bands) {
            int alpha = transparent ? samples[i + bands - 1] : 255;
            rgb[at++] = blend(samples[i], alpha);
            rgb[at++] = blend(samples[color ? i + 1 : i], alpha);
            rgb[at++] = blend(samples[color ? i + 2 : i], alpha);
        }
    }

    private static byte blend(int value, int alpha) {
        return (byte) (alpha == 255 ? value : 255 - ((255 - value) * alpha + 127) / 255);
    }

    private static void toBytes(ColorModel model, int bands, int[] samples) {
        for (int band = 0; band < bands; band++) {
            int bits = model.getComponentSize(band);
            if (bits == 8) {
                continue;
            }
            int largest = (1 << bits) - 1;
            for (int i = band; i < samples.length; i += bands) {
                samples[i] = bits > 8 ? samples[i] >> (bits - 8) : samples[i] * 255 / largest;
            }
        }
    }
}
