package dev.matryoshka.media.camera;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.matryoshka.engine.error.MediaDeviceException;
import dev.matryoshka.engine.preprocess.RgbImage;
import dev.matryoshka.media.image.ImageDecoder;
import java.awt.Dimension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class CameraTest {
    private static final Path PICTURE = Path.of("src/test/resources/fixtures/image/baseline.jpg");

    private final Eyes eyes = new Eyes();
    private final FileCamera device;

    CameraTest() throws IOException {
        device = new FileCamera(PICTURE);
    }

    @Test
    void seesWhatIsBeforeIt() throws Exception {
        Camera camera = Cameras.list(device).getFirst();
        assertEquals("File camera", camera.name());
        CameraFeed feed = camera.open(eyes);
        RgbImage seen = eyes.frames.take();
        assertArrayEquals(ImageDecoder.decode(PICTURE).rgb(), seen.rgb());
        assertEquals(new Dimension(1280, 720), device.getResolution());
        eyes.frames.take(); // and goes on
        feed.close();
        while (device.isOpen()) {
            Thread.onSpinWait();
        }
        assertTrue(eyes.losses.isEmpty());
    }

    @Test
    void pulledOutWhileItRuns() throws Exception {
        Cameras.list(device).getFirst().open(eyes);
        eyes.frames.take();
        device.pulledOut = true;
        assertEquals("File camera gives no more pictures", eyes.losses.take().problem());
        MediaDeviceException e = assertThrows(MediaDeviceException.class, () -> Cameras.list(device));
        assumeFalse(Files.exists(Path.of("/dev/video0")));
        assertEquals("no camera was found: plug one in and try again", e.getMessage());
    }

    @Test
    void oneThatFallsSilentIsLostAfterThreeSeconds() throws Exception {
        Cameras.list(device).getFirst().open(eyes);
        eyes.frames.take();
        device.frozen = true;
        assertEquals("File camera gives no more pictures", eyes.losses.take().problem());
        while (device.isOpen()) {
            Thread.onSpinWait();
        }
    }

    @Test
    void oneThatIsTakenIsSaidSo() throws Exception {
        device.taken = true;
        Cameras.list(device).getFirst().open(eyes);
        MediaDeviceException lost = eyes.losses.poll(10, TimeUnit.SECONDS);
        assertEquals("File camera can't be opened", lost.problem());
        assertFalse(device.isOpen());
    }

    /** The driver of this machine answers, with cameras or in words. */
    @Test
    void thisMachinesDriver() {
        assumeFalse(Files.exists(Path.of("/dev/video0")));
        MediaDeviceException e = assertThrows(MediaDeviceException.class, Cameras::list);
        assertEquals("no camera was found: plug one in and try again", e.getMessage());
    }

    private static final class Eyes implements Camera.Listener {
        private final BlockingQueue<RgbImage> frames = new LinkedBlockingQueue<>();
        private final BlockingQueue<MediaDeviceException> losses = new LinkedBlockingQueue<>();

        @Override
        public void onFrame(RgbImage frame) {
            frames.add(frame);
        }

        @Override
        public void onLost(MediaDeviceException why) {
            losses.add(why);
        }
    }
}
