package dev.matryoshka.media.camera;

import com.github.eduramiba.webcamcapture.drivers.WebcamDeviceWithBufferOperations;
import com.github.sarxos.webcam.WebcamDevice;
import dev.matryoshka.engine.error.MediaDeviceException;
import dev.matryoshka.media.image.RasterPixels;
import java.awt.Dimension;
import java.awt.image.BufferedImage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** An open camera. */
public final class CameraFeed implements AutoCloseable {
    private static final long FRAME_MILLIS = 40;
    /** A camera that has given nothing new for so long is gone. */
    private static final long PATIENCE_NANOS = 3_000_000_000L;

    private final WebcamDevice device;
    private final Camera.Listener listener;
    private final CountDownLatch closed = new CountDownLatch(1);
    private long lastStamp = -1;

    private CameraFeed(WebcamDevice device, Camera.Listener listener) {
        this.device = device;
        this.listener = listener;
    }

    static CameraFeed start(WebcamDevice device, Dimension resolution, Camera.Listener listener) {
        CameraFeed feed = new CameraFeed(device, listener);
        Thread.ofPlatform().daemon().name("camera").start(() -> feed.run(resolution));
        return feed;
    }

    private void run(Dimension resolution) {
        try {
            device.setResolution(resolution);
            device.open();
            if (!device.isOpen()) {
                listener.onLost(new MediaDeviceException(
                        device.getName() + " can't be opened",
                        "close other programs that use it, and allow this one to in the system's settings"));
                return;
            }
            show();
        } catch (RuntimeException | LinkageError e) { // drivers fail in ways of their own
            listener.onLost(lost(e));
        } finally {
            close(device);
        }
    }

    /** Gives pictures until it is closed. */
    private void show() {
        long newest = System.nanoTime();
        while (!isClosed()) {
            BufferedImage image = device.getImage();
            if (image != null && isNew()) {
                newest = System.nanoTime();
                listener.onFrame(RasterPixels.overWhite(image));
            } else if (System.nanoTime() - newest > PATIENCE_NANOS) {
                listener.onLost(lost(null));
                return;
            }
        }
    }

    /** The native driver repeats its last picture when the camera is gone; the picture's time tells. */
    private boolean isNew() {
        if (!(device instanceof WebcamDeviceWithBufferOperations timed)) {
            return true;
        }
        long stamp = timed.getLastFrameTimestamp();
        boolean isNew = stamp != lastStamp;
        lastStamp = stamp;
        return isNew;
    }

    /** Waits for the next frame's time. */
    private boolean isClosed() {
        try {
            return closed.await(FRAME_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private MediaDeviceException lost(@Nullable Throwable cause) {
        return new MediaDeviceException(
                device.getName() + " gives no more pictures", "plug it in again, or choose another camera", cause);
    }

    private static void close(WebcamDevice device) {
        try {
            device.close();
        } catch (RuntimeException | LinkageError e) {
            // it is gone already
        }
    }

    /** Gives the camera back, soon; no picture is told after this returns but the one on its way. */
    @Override
    public void close() {
        closed.countDown();
    }
}
