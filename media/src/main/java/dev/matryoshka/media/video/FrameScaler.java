package dev.matryoshka.media.video;

import static org.bytedeco.ffmpeg.global.avutil.AV_FRAME_DATA_DISPLAYMATRIX;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_RGB24;
import static org.bytedeco.ffmpeg.global.avutil.av_display_rotation_get;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_side_data;
import static org.bytedeco.ffmpeg.global.avutil.av_q2d;
import static org.bytedeco.ffmpeg.global.swscale.SWS_AREA;
import static org.bytedeco.ffmpeg.global.swscale.sws_freeContext;
import static org.bytedeco.ffmpeg.global.swscale.sws_getCachedContext;
import static org.bytedeco.ffmpeg.global.swscale.sws_scale;

import dev.matryoshka.engine.preprocess.RgbImage;
import dev.matryoshka.media.image.ExifOrientation;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVFrameSideData;
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerPointer;
import org.jspecify.annotations.Nullable;

/** Frames of a video to upright RGB pictures with square pixels, by libswscale. */
final class FrameScaler implements AutoCloseable {
    /** The longer side of a picture, at most: what the model sees. */
    static final int LONGER_SIDE = 768;
    /** Rows lie at multiples of this, as libswscale's fast paths want. */
    private static final int ALIGNMENT = 64;

    private @Nullable SwsContext context;

    /** The picture that a frame shows; null where the frame is none. */
    @Nullable
    RgbImage scale(AVFrame frame) {
        double aspect = av_q2d(frame.sample_aspect_ratio());
        double shownWidth = frame.width() * (aspect > 0 ? aspect : 1);
        double factor = Math.min(1, LONGER_SIDE / Math.max(shownWidth, frame.height()));
        int width = Math.max(1, (int) Math.round(shownWidth * factor));
        int height = Math.max(1, (int) Math.round(frame.height() * factor));
        context = sws_getCachedContext(
                context,
                frame.width(),
                frame.height(),
                frame.format(),
                width,
                height,
                AV_PIX_FMT_RGB24,
                SWS_AREA,
                null,
                null,
                (DoublePointer) null);
        if (context == null) {
            return null;
        }
        int stride = Math.ceilDiv(3 * width, ALIGNMENT) * ALIGNMENT;
        try (BytePointer pixels = new BytePointer((long) stride * height + ALIGNMENT);
                PointerPointer<BytePointer> planes = new PointerPointer<>(pixels, null, null, null);
                IntPointer strides = new IntPointer(stride, 0, 0, 0)) { // four are read, however many there are
            sws_scale(context, frame.data(), frame.linesize(), 0, frame.height(), planes, strides);
            byte[] rgb = new byte[3 * width * height];
            for (int y = 0; y < height; y++) {
                pixels.position((long) y * stride).get(rgb, 3 * width * y, 3 * width);
            }
            pixels.position(0);
            return upright(frame, new RgbImage(width, height, rgb));
        }
    }

    /** Phones store what their sensor saw, and how they were held beside it. */
    private static RgbImage upright(AVFrame frame, RgbImage image) {
        AVFrameSideData matrix = av_frame_get_side_data(frame, AV_FRAME_DATA_DISPLAYMATRIX);
        if (matrix == null) {
            return image;
        }
        double counterClockwise = av_display_rotation_get(new IntPointer(matrix.data()));
        int quarters = Double.isNaN(counterClockwise) ? 0 : (int) Math.round(counterClockwise / 90) & 3;
        return switch (quarters) {
            case 1 -> new ExifOrientation(8).apply(image);
            case 2 -> new ExifOrientation(3).apply(image);
            case 3 -> new ExifOrientation(6).apply(image);
            default -> image;
        };
    }

    @Override
    public void close() {
        sws_freeContext(context);
    }
}
