package dev.matryoshka.ui.attachment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.media.audio.SoundParts;
import dev.matryoshka.media.audio.SoundPlayer;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javafx.scene.Scene;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.input.KeyCode;
import javafx.scene.layout.VBox;
import javafx.scene.shape.Rectangle;
import javafx.stage.Stage;
import javax.sound.sampled.SourceDataLine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.testfx.api.FxRobot;
import org.testfx.framework.junit5.ApplicationExtension;
import org.testfx.framework.junit5.Start;
import org.testfx.util.WaitForAsyncUtils;

/** A sound that is played, on a loudspeaker that keeps time and makes no noise. */
@ExtendWith(ApplicationExtension.class)
@SuppressWarnings("NullAway.Init") // the window comes before each test
class SoundStripTest {
    private static final float[] SAMPLES = new float[16_000 * 40];

    private final AtomicInteger heard = new AtomicInteger(); // samples
    private SoundStrip strip;
    private Stage stage;

    @Start
    void start(Stage primary) {
        stage = primary;
        strip = new SoundStrip(
                "note.wav", SAMPLES, SoundParts.of(SAMPLES, 15), 36, 560, () -> new SoundPlayer(this::line));
        stage.setScene(new Scene(new VBox(strip), 640, 200));
        stage.show();
    }

    private SourceDataLine line() {
        AtomicInteger played = new AtomicInteger();
        return (SourceDataLine) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {SourceDataLine.class},
                (self, method, arguments) -> switch (method.getName()) {
                    case "write" -> {
                        int samples = (int) arguments[2] / 2;
                        LockSupport.parkNanos(1_000_000_000L * samples / 16_000);
                        heard.addAndGet(samples);
                        played.addAndGet(samples);
                        yield arguments[2];
                    }
                    case "getLongFramePosition" -> (long) played.get();
                    default -> null;
                });
    }

    private String time() {
        return ((Label) strip.lookup(".chip-detail")).getText();
    }

    private Button play() {
        return (Button) strip.lookup(".play");
    }

    private Waveform waveform() {
        return (Waveform) strip.lookup(".waveform");
    }

    private double headX() {
        return ((Rectangle) strip.lookup(".playhead")).getX();
    }

    private static void await(Callable<Boolean> condition) throws Exception {
        WaitForAsyncUtils.waitFor(
                20, TimeUnit.SECONDS, () -> WaitForAsyncUtils.asyncFx(condition).get());
    }

    @Test
    void playingShowsWhereItIsAndPausesThere(FxRobot robot) throws Exception {
        assertEquals("0:40", time());
        robot.clickOn(play());
        await(() -> time().equals("0:01 / 0:40"));
        assertEquals("Pause, note.wav", play().getAccessibleText());
        assertTrue(headX() > 0);
        robot.clickOn(play());
        await(() -> play().getAccessibleText().equals("Play, note.wav"));
        double at = headX();
        int before = heard.get();
        LockSupport.parkNanos(400_000_000);
        assertEquals(at, headX());
        assertTrue(heard.get() - before <= 1600, "silent within a tenth of a second");
        robot.clickOn(play());
        await(() -> time().equals("0:02 / 0:40") && headX() > at);
    }

    @Test
    void clicksDragsAndKeysMoveInIt(FxRobot robot) throws Exception {
        robot.clickOn(waveform());
        await(() -> time().equals("0:20 / 0:40") || time().equals("0:19 / 0:40"));
        robot.type(KeyCode.RIGHT);
        await(() -> time().startsWith("0:25") || time().startsWith("0:24"));
        robot.type(KeyCode.LEFT).type(KeyCode.LEFT);
        await(() -> time().startsWith("0:15") || time().startsWith("0:14"));
        robot.drag(waveform()).dropBy(40, 0);
        await(() -> time().startsWith("0:29") || time().startsWith("0:30"));
        assertEquals(0, heard.get());
        robot.type(KeyCode.SPACE);
        await(() -> heard.get() > 0 && waveform().getAccessibleText().startsWith("note.wav, 0:3"));
        robot.type(KeyCode.HOME);
        await(() -> time().startsWith("0:00"));
        robot.type(KeyCode.END);
        await(() -> time().equals("0:40 / 0:40") && play().getAccessibleText().startsWith("Play"));
    }

    @Test
    void partsHaveTheirBoundariesAndTimesToClick(FxRobot robot) throws Exception {
        List<Button> parts =
                strip.lookupAll(".part").stream().map(node -> (Button) node).toList();
        assertEquals(
                List.of("0:00", "0:15", "0:30"),
                parts.stream().map(Button::getText).toList());
        assertEquals(2, strip.lookupAll(".cut").size());
        assertEquals("Part 2 of 3, from 0:15", parts.get(1).getAccessibleText());
        robot.clickOn(parts.get(2));
        await(() -> time().equals("0:30 / 0:40"));
    }

    @Test
    void whatLeavesTheWindowFallsSilent(FxRobot robot) throws Exception {
        robot.clickOn(play());
        await(() -> heard.get() > 0);
        robot.interact(() -> ((VBox) stage.getScene().getRoot()).getChildren().clear());
        LockSupport.parkNanos(300_000_000);
        int before = heard.get();
        LockSupport.parkNanos(300_000_000);
        assertEquals(before, heard.get());
    }
}
