package dev.matryoshka.engine.preprocess;

/**
 * A decoded picture.
 *
 * @param width in pixels, at least 1
 * @param height in pixels, at least 1
 * @param rgb [height, width, 3], 8 bits each, not shared with anyone who writes to it
 */
public record RgbImage(int width, int height, byte[] rgb) {
    public RgbImage {
        if (width < 1 || height < 1 || rgb.length != 3L * width * height) {
            throw new IllegalArgumentException(width + " x " + height + " pixels do not fit " + rgb.length + " bytes");
        }
    }
}
