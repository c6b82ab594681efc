package dev.matryoshka.media.camera;

import com.github.sarxos.webcam.WebcamDevice;
import dev.matryoshka.engine.error.MediaDeviceException;
import dev.matryoshka.engine.preprocess.RgbImage;
import java.awt.Dimension;

/** One camera. */
public final class Camera {
    /** More than the model sees, and what USB 2 still carries quickly. */
    private static final int MAX_PIXELS = 1280 * 960;

    private final WebcamDevice device;

    Camera(WebcamDevice device) {
        this.device = device;
    }

    /** Hears what a camera sees, on the feed's thread. */
    public interface Listener {
        /** Another picture. */
        void onFrame(RgbImage frame);

        /** It can't be opened, or gives no more pictures: it was pulled out, or another program took it. */
        void onLost(MediaDeviceException why);
    }

    /** What to call it. */
    public String name() {
        return device.getName();
    }

    /** Opens it on a thread of its own; what comes of it the listener hears. */
    public CameraFeed open(Listener listener) {
        return CameraFeed.start(device, resolution(), listener);
    }

    /** The largest of reasonable size, the smallest where all are larger. */
    private Dimension resolution() {
        Dimension best = device.getResolution();
        for (Dimension each : device.getResolutions()) {
            boolean fits = pixels(each) <= MAX_PIXELS;
            if (pixels(best) > MAX_PIXELS ? pixels(each) < pixels(best) : fits && pixels(each) > pixels(best)) {
                best = each;
            }
        }
        return best;
    }

    private static long pixels(Dimension size) {
        return (long) size.width * size.height;
    }
}
