package dev.matryoshka.engine.backend;

/**
 * A window that moves over a picture.
 *
 * @param height of the input picture
 * @param width of the input picture
 * @param outHeight of the output picture
 * @param outWidth of the output picture
 * @param kernelHeight of the window
 * @param kernelWidth of the window
 * @param strideY rows from window to window
 * @param strideX columns from window to window
 * @param padTop rows of zeros above the picture
 * @param padLeft columns of zeros left of it
 */
public record WindowSpec(
        int height,
        int width,
        int outHeight,
        int outWidth,
        int kernelHeight,
        int kernelWidth,
        int strideY,
        int strideX,
        int padTop,
        int padLeft) {

    /** A square window with TensorFlow's "same" padding: what is odd goes below and right ({@code timm.layers.pad_same}). */
    public static WindowSpec same(int height, int width, int kernel, int stride) {
        int outHeight = (height + stride - 1) / stride;
        int outWidth = (width + stride - 1) / stride;
        int padY = Math.max((outHeight - 1) * stride + kernel - height, 0);
        int padX = Math.max((outWidth - 1) * stride + kernel - width, 0);
        return new WindowSpec(height, width, outHeight, outWidth, kernel, kernel, stride, stride, padY / 2, padX / 2);
    }

    /** Pixels of the output picture. */
    public int outPixels() {
        return outHeight * outWidth;
    }
}
