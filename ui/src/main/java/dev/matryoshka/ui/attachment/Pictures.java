package dev.matryoshka.ui.attachment;

import dev.matryoshka.engine.preprocess.RgbImage;
import javafx.scene.image.Image;
import javafx.scene.image.PixelFormat;
import javafx.scene.image.PixelReader;
import javafx.scene.image.WritableImage;

/** Between the engine's pictures and JavaFX's. */
public final class Pictures {
    private Pictures() {}

    /** To show with all its pixels. */
    static Image whole(RgbImage image) {
        return thumbnail(image, Integer.MAX_VALUE);
    }

    /** To show; made no larger than {@code side} by dropping pixels. */
    public static Image thumbnail(RgbImage image, int side) {
        int step = Math.max(1, Math.min(image.width(), image.height()) / side);
        int width = Math.max(1, image.width() / step);
        int height = Math.max(1, image.height() / step);
        byte[] rgb = new byte[3 * width * height];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int from = 3 * (y * step * image.width() + x * step);
                System.arraycopy(image.rgb(), from, rgb, 3 * (y * width + x), 3);
            }
        }
        WritableImage shown = new WritableImage(width, height);
        shown.getPixelWriter().setPixels(0, 0, width, height, PixelFormat.getByteRgbInstance(), rgb, 0, 3 * width);
        return shown;
    }

    /** From the clipboard; what is transparent lies over white. */
    public static RgbImage of(Image image) {
        int width = (int) image.getWidth();
        int height = (int) image.getHeight();
        byte[] rgb = new byte[3 * width * height];
        PixelReader pixels = image.getPixelReader();
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int argb = pixels.getArgb(x, y);
                int alpha = argb >>> 24;
                for (int c = 0; c < 3; c++) {
                    int value = argb >>> (16 - 8 * c) & 0xFF;
                    rgb[3 * (y * width + x) + c] = (byte) ((value * alpha + 255 * (255 - alpha)) / 255);
                }
            }
        }
        return new RgbImage(width, height, rgb);
    }
}
