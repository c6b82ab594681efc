package dev.matryoshka.ui.capture;

import dev.matryoshka.engine.error.MediaDeviceException;
import dev.matryoshka.engine.preprocess.RgbImage;
import dev.matryoshka.media.camera.Camera;
import dev.matryoshka.media.camera.CameraFeed;
import dev.matryoshka.ui.attachment.Pictures;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.scene.image.Image;
import org.jspecify.annotations.Nullable;

/** Shows what a camera sees, and takes a picture of it. */
final class Viewfinder extends Capture<Camera> {
    /** Pixels of a preview, at least. */
    static final int PREVIEW = 240;

    /**
     * @param picture what the camera saw
     * @param preview the same, small
     */
    record Frame(RgbImage picture, Image preview) {}

    private final Supplier<List<Camera>> cameras;
    private final Consumer<RgbImage> done;
    private final ReadOnlyObjectWrapper<@Nullable Frame> frame = new ReadOnlyObjectWrapper<>();
    /** The worker's. */
    private @Nullable CameraFeed running;

    /** @param done takes a snapshot */
    Viewfinder(Supplier<List<Camera>> cameras, Executor uiThread, Consumer<RgbImage> done) {
        super("cameras", uiThread);
        this.cameras = cameras;
        this.done = done;
    }

    /** What the camera sees now; null before its first picture. */
    ReadOnlyObjectProperty<@Nullable Frame> frameProperty() {
        return frame.getReadOnlyProperty();
    }

    @Override
    String name(Camera device) {
        return device.name();
    }

    @Override
    List<Camera> list() {
        return cameras.get();
    }

    @Override
    void start(Camera device, int opening) {
        // On its way to the UI thread: while one is, newer ones take its place.
        AtomicReference<@Nullable Frame> newest = new AtomicReference<>();
        onUi(opening, () -> frame.set(null));
        running = device.open(new Camera.Listener() {
            @Override
            public void onFrame(RgbImage picture) {
                Frame seen = new Frame(picture, Pictures.thumbnail(picture, PREVIEW));
                if (newest.getAndSet(seen) == null) {
                    onUi(opening, () -> frame.set(newest.getAndSet(null)));
                }
            }

            @Override
            public void onLost(MediaDeviceException why) {
                fail(opening, why);
            }
        });
    }

    @Override
    void stop() {
        CameraFeed last = running;
        running = null;
        if (last != null) {
            last.close();
        }
    }

    /** Hands over what the camera sees now, and closes it. */
    void snapshot() {
        Frame seen = frame.get();
        if (seen != null) {
            close();
            done.accept(seen.picture());
        }
    }
}
