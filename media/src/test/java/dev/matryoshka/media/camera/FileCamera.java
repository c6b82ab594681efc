package dev.matryoshka.media.camera;

import com.github.sarxos.webcam.WebcamDevice;
import com.github.sarxos.webcam.WebcamDriver;
import com.github.sarxos.webcam.WebcamException;
import java.awt.Dimension;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;

/** A driver of one camera that sees a picture file for as long as it is plugged in. */
final class FileCamera implements WebcamDriver, WebcamDevice {
    private final BufferedImage seen;
    private Dimension resolution = new Dimension(640, 480);
    volatile boolean taken;
    volatile boolean pulledOut;
    volatile boolean frozen;
    volatile boolean open;

    FileCamera(Path picture) throws IOException {
        seen = ImageIO.read(picture.toFile());
    }

    @Override
    public List<WebcamDevice> getDevices() {
        return pulledOut ? List.of() : List.of(this);
    }

    @Override
    public boolean isThreadSafe() {
        return false;
    }

    @Override
    public String getName() {
        return "File camera";
    }

    @Override
    public Dimension[] getResolutions() {
        return new Dimension[] {new Dimension(320, 240), new Dimension(1280, 720), new Dimension(3840, 2160)};
    }

    @Override
    public Dimension getResolution() {
        return resolution;
    }

    @Override
    public void setResolution(Dimension size) {
        resolution = size;
    }

    @Override
    public @Nullable BufferedImage getImage() {
        if (pulledOut) {
            throw new WebcamException("gone");
        }
        return frozen ? null : seen;
    }

    @Override
    public void open() {
        open = !taken;
    }

    @Override
    public void close() {
        open = false;
    }

    @Override
    public void dispose() {}

    @Override
    public boolean isOpen() {
        return open;
    }
}
