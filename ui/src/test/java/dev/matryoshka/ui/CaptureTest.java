package dev.matryoshka.ui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.sarxos.webcam.WebcamDevice;
import com.github.sarxos.webcam.WebcamDriver;
import com.github.sarxos.webcam.WebcamException;
import com.github.sarxos.webcam.ds.dummy.WebcamDummyDriver;
import dev.matryoshka.engine.PromptPart;
import dev.matryoshka.engine.error.MediaDeviceException;
import dev.matryoshka.media.audio.AudioInput;
import dev.matryoshka.media.camera.Cameras;
import dev.matryoshka.ui.attachment.Attachment;
import dev.matryoshka.ui.capture.CaptureDevices;
import dev.matryoshka.ui.history.HistoryViewModel;
import dev.matryoshka.ui.lab.Labs;
import dev.matryoshka.ui.models.Models;
import dev.matryoshka.ui.settings.Help;
import dev.matryoshka.ui.settings.SettingsStore;
import java.io.File;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import javafx.embed.swing.SwingFXUtils;
import javafx.scene.Node;
import javafx.scene.control.ButtonBase;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Labeled;
import javafx.scene.image.ImageView;
import javafx.scene.image.WritableImage;
import javafx.scene.input.KeyCode;
import javafx.scene.input.MouseButton;
import javafx.stage.Stage;
import javax.imageio.ImageIO;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.testfx.api.FxRobot;
import org.testfx.framework.junit5.ApplicationExtension;
import org.testfx.framework.junit5.Start;
import org.testfx.util.WaitForAsyncUtils;

/** Camera and microphone as a person uses them, on devices that tests make. */
@ExtendWith(ApplicationExtension.class)
class CaptureTest {
    private final FakeAssistant assistant = new FakeAssistant();
    private Stage stage = placeholder();
    private ChatWindow window = placeholder();
    private volatile boolean noMicrophone;
    private volatile boolean pulledOut;

    /** Stands until {@link #start} sets the field. */
    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
    private static <T> T placeholder() {
        return null;
    }

    @Start
    void start(Stage primary) {
        stage = primary;
        primary.setWidth(1280);
        primary.setHeight(820);
        CaptureDevices devices = new CaptureDevices(this::microphones, () -> Cameras.list(cameras()));
        window = new ChatWindow(
                primary,
                assistant,
                HistoryViewModel.none(),
                Models.none(),
                Labs.none(),
                List.of(),
                new DemoNote(""),
                devices,
                SettingsStore.none(),
                Help.none());
    }

    @Test
    void recordBetweenTwoClicksAndAsk(FxRobot robot) throws Exception {
        robot.clickOn("#use-microphone");
        await(() -> seconds() > 0.5);
        shot("recording-light");
        robot.clickOn("#use-microphone");
        Attachment.Sound sound = assertInstanceOf(Attachment.Sound.class, attached());
        assertTrue(sound.seconds() > 0.3 && sound.seconds() < 3.2, sound.seconds() + " s");
        assertNotNull(stage.getScene().lookup(".chip .play"));
        assertFalse(panel("microphone").isVisible());
        shot("recorded-light");
        robot.type(KeyCode.ENTER);
        await(() -> !assistant.asked.isEmpty());
        PromptPart.Audio asked = assertInstanceOf(
                PromptPart.Audio.class, assistant.asked.getFirst().parts().getFirst());
        assertEquals(sound.samples().length, asked.samples().length);
    }

    @Test
    void holdToTalk(FxRobot robot) throws Exception {
        robot.moveTo("#use-microphone").press(MouseButton.PRIMARY);
        await(() -> seconds() > 0.6);
        robot.release(MouseButton.PRIMARY);
        assertInstanceOf(Attachment.Sound.class, attached());
    }

    @Test
    void aRecordingEndsByItselfWhereTheModelHearsNoMore(FxRobot robot) throws Exception {
        robot.press(KeyCode.CONTROL, KeyCode.M).release(KeyCode.M, KeyCode.CONTROL);
        assertEquals(3.2, assertInstanceOf(Attachment.Sound.class, attached()).seconds(), 0.05);
    }

    @Test
    void escapeForgetsTheRecordingAndItCanBeginAnew(FxRobot robot) throws Exception {
        robot.clickOn("#use-microphone");
        await(() -> seconds() > 0.2);
        robot.type(KeyCode.ESCAPE);
        await(() -> !panel("microphone").isVisible());
        assertTrue(window.viewModel().attachments().isEmpty());
        robot.clickOn("#use-microphone");
        await(() -> seconds() > 0.2);
        robot.type(KeyCode.ESCAPE);
    }

    @Test
    void withoutAMicrophoneTheStripSaysSo(FxRobot robot) throws Exception {
        noMicrophone = true;
        robot.clickOn("#use-microphone");
        await(() -> says("microphone", "no microphone was found") && says("microphone", "plug one in"));
        shot("no-microphone-light");
        robot.clickOn("#microphone .icon-button");
        await(() -> !panel("microphone").isVisible());
    }

    @Test
    void aSnapshotFromAnotherCamera(FxRobot robot) throws Exception {
        robot.clickOn("#use-camera");
        await(() -> preview().getImage() != null);
        await(() -> choice().getItems().size() == 2);
        shot("camera-light");
        robot.interact(() -> choice().getSelectionModel().select(1));
        await(() -> preview().getImage() != null && choice().getSelectionModel().getSelectedIndex() == 1);
        for (Node node : panel("camera").lookupAll("*")) {
            if (node instanceof ButtonBase button && button.getStyleClass().contains("icon-button")) {
                assertNotNull(button.getAccessibleText());
            }
        }
        robot.clickOn("#camera .done");
        Attachment.Picture picture = assertInstanceOf(Attachment.Picture.class, attached());
        assertEquals("Snapshot", picture.name());
        assertTrue(picture.image().width() >= 320);
        assertFalse(panel("camera").isVisible());
    }

    @Test
    void aCameraThatIsPulledOutIsSaidSo(FxRobot robot) throws Exception {
        robot.press(KeyCode.CONTROL, KeyCode.SHIFT, KeyCode.P).release(KeyCode.P, KeyCode.SHIFT, KeyCode.CONTROL);
        await(() -> preview().getImage() != null);
        pulledOut = true;
        await(() -> says("camera", "gives no more pictures"));
        robot.clickOn("#use-camera");
        await(() -> says("camera", "no camera was found"));
    }

    private List<AudioInput> microphones() {
        if (noMicrophone) {
            throw new MediaDeviceException("no microphone was found", "plug one in and try again");
        }
        return List.of(new HummingInput());
    }

    /** Two cameras, for as long as they are plugged in. */
    private WebcamDriver cameras() {
        WebcamDriver dummy = new WebcamDummyDriver(2);
        return new WebcamDriver() {
            @Override
            public List<WebcamDevice> getDevices() {
                return pulledOut
                        ? List.of()
                        : dummy.getDevices().stream()
                                .map(CaptureTest.this::removable)
                                .toList();
            }

            @Override
            public boolean isThreadSafe() {
                return false;
            }
        };
    }

    private WebcamDevice removable(WebcamDevice device) {
        return (WebcamDevice) Proxy.newProxyInstance(
                CaptureTest.class.getClassLoader(), new Class<?>[] {WebcamDevice.class}, (self, method, arguments) -> {
                    if (pulledOut && method.getName().equals("getImage")) {
                        throw new WebcamException("gone");
                    }
                    try {
                        return method.invoke(device, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    /** Hums in real time. */
    private static final class HummingInput implements AudioInput {
        private static final int BYTES_PER_SECOND = 32_000;

        @Override
        public String name() {
            return "Humming test input";
        }

        @Override
        public AudioInputStream open() {
            AudioFormat format = new AudioFormat(16_000, 16, 1, true, false);
            return new AudioInputStream(new Hum(), format, AudioSystem.NOT_SPECIFIED);
        }

        private static final class Hum extends InputStream {
            private int at;

            @Override
            public int read() {
                double swell = Math.sin(at / 9000.0);
                return at++ % 2 == 0 ? 0 : (byte) (40 * swell * Math.sin(at / 30.0)) & 0xFF;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) {
                LockSupport.parkNanos(1_000_000_000L * length / BYTES_PER_SECOND);
                for (int i = 0; i < length; i++) {
                    bytes[offset + i] = (byte) read();
                }
                return length;
            }
        }
    }

    private Node panel(String name) {
        return stage.getScene().lookup("#" + name);
    }

    private boolean says(String panel, String text) {
        return panel(panel).isVisible()
                && panel(panel).lookupAll(".label").stream()
                        .anyMatch(node -> ((Labeled) node).getText().contains(text));
    }

    private double seconds() {
        return panel("microphone").lookup(".chip-detail") instanceof Labeled time
                ? Double.parseDouble(time.getText().split(" ")[0])
                : 0;
    }

    private ImageView preview() {
        return (ImageView) panel("camera").lookup(".viewfinder .image-view");
    }

    private ComboBox<?> choice() {
        return (ComboBox<?>) panel("camera").lookup(".combo-box");
    }

    private Attachment attached() throws TimeoutException {
        await(() -> !window.viewModel().attachments().isEmpty());
        WaitForAsyncUtils.waitForFxEvents();
        return window.viewModel().attachments().getFirst();
    }

    private static void await(Callable<Boolean> condition) throws TimeoutException {
        WaitForAsyncUtils.waitFor(
                20, TimeUnit.SECONDS, () -> WaitForAsyncUtils.asyncFx(condition).get());
    }

    private void shot(String name) throws Exception {
        WaitForAsyncUtils.waitForFxEvents();
        WritableImage image =
                WaitForAsyncUtils.asyncFx(() -> stage.getScene().snapshot(null)).get();
        File file = new File("target/screenshots/" + name + ".png");
        Files.createDirectories(file.toPath().getParent());
        ImageIO.write(SwingFXUtils.fromFXImage(image, null), "png", file);
    }
}
