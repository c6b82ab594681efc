package dev.matryoshka.ui;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.matryoshka.media.audio.SoundParts;
import dev.matryoshka.ui.attachment.Attachment;
import dev.matryoshka.ui.attachment.Waveform;
import dev.matryoshka.ui.theme.Theme;
import java.util.List;
import java.util.Random;
import javafx.application.ColorScheme;
import javafx.application.Platform;
import javafx.scene.Node;
import javafx.scene.control.Labeled;
import javafx.stage.Stage;
import org.junit.jupiter.api.Test;
import org.testfx.api.FxRobot;
import org.testfx.framework.junit5.Start;

/** Sounds longer than the model hears, in the composer and in the thread. */
class SoundWindowTest extends WindowTest {
    private static final float[] SPEECH = speech(150);

    @Start
    void start(Stage primary) {
        open(primary, List.of());
    }

    /** Noise with a pause every few seconds. */
    private static float[] speech(int seconds) {
        Random random = new Random(1);
        float[] samples = new float[16_000 * seconds];
        for (int i = 0; i < samples.length; i++) {
            double swell =
                    Math.abs(Math.sin(i / 16_000.0 * Math.PI / 4)) * (0.4 + 0.6 * Math.abs(Math.sin(i / 90_000.0)));
            samples[i] = (float) (swell * (random.nextFloat() - 0.5));
        }
        return samples;
    }

    @Test
    void theirPartsAreATimelineInTheComposerAndInTheThread(FxRobot robot) throws Exception {
        Attachment.Sound sound = new Attachment.Sound("meeting.mp3", SPEECH, SoundParts.of(SPEECH, 30));
        int parts = sound.parts().size();
        robot.interact(() -> window.viewModel().attach(sound));
        await(() -> stage.getScene().lookup(".chip .waveform") instanceof Waveform w && w.getWidth() > 160);
        assertEquals(
                parts - 1, stage.getScene().lookup(".chip").lookupAll(".cut").size());
        shot("sound-composer");
        robot.interact(() -> {
            window.viewModel().draftProperty().set("What do they say?");
            window.viewModel().send();
        });
        finishedAnswer();
        await(() -> stage.getScene().lookup(".sound-card .part") != null);
        List<Node> times = List.copyOf(stage.getScene().lookup(".sound-card").lookupAll(".part"));
        assertEquals(parts, times.size());
        robot.clickOn(times.get(2));
        String at = ((Labeled) times.get(2)).getText();
        await(() -> hasText(at + " / 2:30"));
        assertEquals(List.of(), nameless());
        shot("sound-light");
        Platform.runLater(() -> Theme.apply(stage.getScene(), ColorScheme.DARK));
        shot("sound-dark");
        robot.interact(() -> stage.setWidth(560));
        shot("sound-narrow");
    }
}
