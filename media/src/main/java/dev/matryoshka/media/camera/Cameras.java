package dev.matryoshka.media.camera;

import com.github.eduramiba.webcamcapture.drivers.NativeDriver;
import com.github.sarxos.webcam.WebcamDriver;
import dev.matryoshka.engine.error.MediaDeviceException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The cameras that a Webcam Capture driver finds. */
public final class Cameras {
    private static final Path DEVICES = Path.of("/dev");

    private Cameras() {}

    /**
     * This machine's cameras. Takes a moment: never call it on the UI thread.
     *
     * @return at least one
     * @throws MediaDeviceException there is none, or none that may be used
     */
    public static List<Camera> list() {
        try {
            return list(new NativeDriver());
        } catch (LinkageError e) { // no native code for this platform
            throw new MediaDeviceException(
                    "cameras can't be used on this system", "add a picture from a file instead", e);
        }
    }

    /** The same of another driver. */
    public static List<Camera> list(WebcamDriver driver) {
        List<Camera> cameras = driver.getDevices().stream().map(Camera::new).toList();
        if (!cameras.isEmpty()) {
            return cameras;
        }
        throw forbidden()
                ? new MediaDeviceException(
                        "there is a camera that you may not use",
                        "join its group (sudo usermod -aG video \"$USER\") and log in again")
                : new MediaDeviceException("no camera was found", "plug one in and try again");
    }

    /** Whether Linux has a camera that this user can't read. */
    private static boolean forbidden() {
        try (DirectoryStream<Path> cameras = Files.newDirectoryStream(DEVICES, "video[0-9]*")) {
            for (Path camera : cameras) {
                if (!Files.isReadable(camera)) {
                    return true;
                }
            }
        } catch (IOException e) {
            // not Linux
        }
        return false;
    }
}
