package dev.matryoshka.ui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.engine.PromptPart;
import dev.matryoshka.engine.preprocess.RgbImage;
import dev.matryoshka.ui.attachment.Attachment;
import dev.matryoshka.ui.chat.Message;
import dev.matryoshka.ui.history.HistoryViewModel;
import dev.matryoshka.ui.theme.Theme;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import javafx.application.ColorScheme;
import javafx.application.Platform;
import javafx.scene.control.ToggleButton;
import javafx.scene.input.KeyCode;
import javafx.stage.Stage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.testfx.api.FxRobot;
import org.testfx.framework.junit5.Start;

/** What the model no longer sees of a long chat, and what is kept for it. */
class KeepWindowTest extends WindowTest {
    private final MemoryHistory memory = new MemoryHistory();
    private HistoryViewModel kept = HistoryViewModel.none();

    @Override
    HistoryViewModel history() {
        kept = new HistoryViewModel(() -> memory, Platform::runLater);
        return kept;
    }

    @Start
    void start(Stage primary) {
        open(primary, List.of());
    }

    @AfterEach
    void close() {
        kept.close();
    }

    private void ask(FxRobot robot, String question, Attachment.Ready... attachments) throws TimeoutException {
        int before = (int) answers();
        robot.interact(() -> {
            List.of(attachments).forEach(window.viewModel()::attach);
            window.viewModel().draftProperty().set(question);
            window.viewModel().send();
        });
        await(() -> answers() == before + 1
                && !window.viewModel().answeringProperty().get());
    }

    private long answers() {
        return window.viewModel().messages().stream()
                .filter(Message.Answering.class::isInstance)
                .count();
    }

    private ToggleButton keep() {
        return (ToggleButton) stage.getScene().lookup(".keep");
    }

    private static Attachment.Picture picture() {
        byte[] rgb = new byte[3 * 64 * 64];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (i % 3 == 0 ? 200 : i / 100);
        }
        return new Attachment.Picture("pier.png", new RgbImage(64, 64, rgb));
    }

    @Test
    void aPinnedAttachmentIsKeptAndStaysSoWhenTheChatIsOpenedAgain(FxRobot robot) throws Exception {
        Attachment.Picture picture = picture();
        ask(robot, "Where is this?", picture);
        await(() -> keep() != null);
        assertNull(assistant.kept);
        robot.clickOn(keep());
        await(() -> keep().isSelected() && keep().getAccessibleText().endsWith("pier.png: kept"));
        assertEquals(picture.parts(), assistant.kept);
        assistant.left = 1;
        ask(robot, "And now?");
        await(() -> hasText("The model no longer sees what is above, but for what is kept"));
        assertTrue(window.viewModel().messages().get(2) instanceof Message.Boundary);
        shot("boundary-light");
        Platform.runLater(() -> Theme.apply(stage.getScene(), ColorScheme.DARK));
        shot("boundary-dark");

        robot.clickOn("Which mushroom is this?");
        await(() -> hasText("A fly agaric."));
        assertNull(assistant.kept);
        robot.clickOn("Where is this?");
        await(() -> keep() != null && keep().isSelected());
        assertNotNull(assistant.kept);
        await(() -> hasText("The model no longer sees what is above, but for what is kept"));
        assertTrue(window.viewModel().messages().get(2) instanceof Message.Boundary, "before anything is asked");

        robot.interact(keep()::requestFocus);
        robot.type(KeyCode.SPACE);
        await(() -> !keep().isSelected() && assistant.kept == null);
        assertEquals(List.of(), nameless());
    }

    @Test
    void whatIsKeptBeyondItsShareIsSaid(FxRobot robot) throws Exception {
        Attachment.Sound sound = new Attachment.Sound("talk.mp3", new float[16_000 * 40], parts(40));
        ask(robot, "What do they say?", sound);
        await(() -> keep() != null);
        robot.clickOn(keep());
        await(() -> hasText("What is kept takes 800 tokens, more than a quarter of the context (512)"));
        robot.interact(() -> Theme.apply(stage.getScene(), ColorScheme.LIGHT));
        shot("kept-too-much");
        robot.clickOn(keep());
        await(() -> !hasText("What is kept takes"));
    }

    private static List<PromptPart> parts(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> (PromptPart) new PromptPart.Audio(new float[16_000]))
                .toList();
    }
}
