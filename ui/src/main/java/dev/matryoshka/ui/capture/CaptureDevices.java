package dev.matryoshka.ui.capture;

import dev.matryoshka.media.audio.AudioInput;
import dev.matryoshka.media.audio.Microphones;
import dev.matryoshka.media.camera.Camera;
import dev.matryoshka.media.camera.Cameras;
import java.util.List;
import java.util.function.Supplier;

/**
 * What can be captured from. Asked when it is wanted, never before and never on the UI thread.
 *
 * @param microphones at least one, or fails with a {@link dev.matryoshka.engine.error.MediaDeviceException}
 * @param cameras likewise
 */
public record CaptureDevices(Supplier<List<AudioInput>> microphones, Supplier<List<Camera>> cameras) {
    /** Those of this machine. */
    public static CaptureDevices ofThisMachine() {
        return new CaptureDevices(() -> Microphones.list(), () -> Cameras.list());
    }
}
