package dev.matryoshka.ui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.engine.PromptPart;
import dev.matryoshka.engine.error.ContextOverflowException;
import dev.matryoshka.ui.attachment.Attachment;
import dev.matryoshka.ui.chat.Message;
import dev.matryoshka.ui.theme.Theme;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeoutException;
import javafx.application.ColorScheme;
import javafx.application.Platform;
import javafx.scene.Node;
import javafx.scene.Scene;
import javafx.scene.control.ButtonBase;
import javafx.scene.control.Label;
import javafx.scene.control.Labeled;
import javafx.scene.control.TextInputControl;
import javafx.scene.input.Clipboard;
import javafx.scene.input.ClipboardContent;
import javafx.scene.input.KeyCode;
import javafx.scene.input.TransferMode;
import javafx.scene.layout.StackPane;
import javafx.stage.Stage;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testfx.api.FxRobot;
import org.testfx.framework.junit5.Start;
import org.testfx.util.WaitForAsyncUtils;

/** The window as a person uses it. */
class ChatWindowTest extends WindowTest {
    private static final int SIDE = 40;

    @TempDir
    private static Path folder = Path.of("");

    private static Path picture = Path.of("");

    @Start
    void start(Stage primary) {
        open(primary, List.of(new Sample(picture, "What is in the picture?")));
    }

    @BeforeAll
    static void drawPicture() throws IOException {
        BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < SIDE * SIDE; i++) {
            image.setRGB(i % SIDE, i / SIDE, 0xB3382C);
        }
        picture = folder.resolve("röd bild.png");
        ImageIO.write(image, "png", picture.toFile());
    }

    @Test
    void dropAskRead(FxRobot robot) throws Exception {
        attach(picture);
        shot("composer-light");
        robot.clickOn("#prompt").write("What is this?").type(KeyCode.ENTER);
        Message.Answering answer = finishedAnswer();
        assertEquals("An elephant.", answer.textProperty().get());
        List<PromptPart> parts = assistant.asked.getFirst().parts();
        assertInstanceOf(PromptPart.Image.class, parts.get(0));
        assertEquals(new PromptPart.Text("What is this?"), parts.get(1));
        await(() -> hasText("An elephant.") && hasText("12.5 tokens/s") && hasText("0.42 s"));
        shot("answer-light");
        Platform.runLater(() -> Theme.apply(stage.getScene(), ColorScheme.DARK));
        WaitForAsyncUtils.waitForFxEvents();
        shot("answer-dark");
        assertTrue(window.viewModel().attachments().isEmpty());
    }

    /** A real drag from another window of this process, by the mouse. */
    @Test
    void aFileDraggedOverTheWindowAndDropped(FxRobot robot) throws Exception {
        Stage source = WaitForAsyncUtils.asyncFx(ChatWindowTest::dragSource).get();
        robot.drag("#drag-source").moveTo("#prompt").moveBy(-20, -200).moveBy(5, 5);
        await(() -> stage.getScene().lookup("#drop-hint").isVisible() && hasText("Drop to ask about röd bild.png"));
        shot("drop-light");
        robot.drop();
        await(() -> window.viewModel().attachments().stream().anyMatch(a -> a instanceof Attachment.Picture));
        assertFalse(stage.getScene().lookup("#drop-hint").isVisible());
        robot.interact(source::close);
    }

    private static Stage dragSource() {
        Label label = new Label("röd bild.png");
        label.setId("drag-source");
        label.setMinSize(150, 80);
        label.setOnDragDetected(e -> {
            ClipboardContent content = new ClipboardContent();
            content.putFiles(List.of(picture.toFile()));
            label.startDragAndDrop(TransferMode.COPY).setContent(content);
            e.consume();
        });
        Stage source = new Stage();
        source.setX(0);
        source.setY(0);
        source.setAlwaysOnTop(true);
        source.setScene(new Scene(new StackPane(label), 160, 90));
        source.show();
        return source;
    }

    @Test
    void aSampleAtOneClick(FxRobot robot) throws Exception {
        shot("empty-light");
        robot.clickOn(".try");
        finishedAnswer();
        assertEquals(2, assistant.asked.getFirst().parts().size());
        robot.press(KeyCode.CONTROL, KeyCode.N).release(KeyCode.N, KeyCode.CONTROL);
        await(() -> window.viewModel().messages().isEmpty());
        assertEquals(1, assistant.newChats.get());
    }

    @Test
    void stopEndsAnAnswer(FxRobot robot) throws Exception {
        assistant.endless = true;
        robot.clickOn("#prompt").write("Go on").type(KeyCode.ENTER);
        await(() -> button("#send").getAccessibleText().equals("Stop"));
        robot.type(KeyCode.ESCAPE);
        finishedAnswer();
        assertTrue(assistant.stopped);
        await(() -> hasText("stopped") && button("#send").getAccessibleText().equals("Send"));
    }

    @Test
    void anErrorSaysWhatToDo(FxRobot robot) throws Exception {
        assistant.error = new ContextOverflowException("the conversation is full", "start a new chat");
        robot.clickOn("#prompt").write("Hi").type(KeyCode.ENTER);
        await(() -> hasText("start a new chat"));
        assertFalse(window.viewModel().answeringProperty().get());
        shot("error-light");
    }

    @Test
    void whatIsNoPictureIsRefusedAndCanBeRemoved(FxRobot robot) throws Exception {
        Path text = Files.writeString(folder.resolve("notes.png"), "not a picture");
        Platform.runLater(() -> window.viewModel().attach(List.of(text)));
        await(() -> !window.viewModel().attachments().isEmpty()
                && window.viewModel().attachments().getFirst() instanceof Attachment.Failed);
        await(() -> hasText("neither a picture, a sound nor a video"));
        assertTrue(button("#send").isDisabled());
        shot("refused-light");
        robot.clickOn(".chip .icon-button");
        await(() -> window.viewModel().attachments().isEmpty());
    }

    @Test
    void pastedFilesAreAttached(FxRobot robot) throws Exception {
        robot.interact(() -> {
            ClipboardContent content = new ClipboardContent();
            content.putFiles(List.of(picture.toFile()));
            Clipboard.getSystemClipboard().setContent(content);
        });
        robot.clickOn("#prompt").press(KeyCode.CONTROL, KeyCode.V).release(KeyCode.V, KeyCode.CONTROL);
        await(() -> window.viewModel().attachments().stream().anyMatch(a -> a instanceof Attachment.Picture));
    }

    @Test
    void keyboardAlone(FxRobot robot) throws Exception {
        robot.write("Hello").press(KeyCode.SHIFT, KeyCode.ENTER).release(KeyCode.ENTER, KeyCode.SHIFT);
        robot.write("there").type(KeyCode.ENTER);
        finishedAnswer();
        assertEquals(
                new PromptPart.Text("Hello\nthere"),
                assistant.asked.getFirst().parts().getFirst());
    }

    @Test
    void everyControlHasAName() throws Exception {
        attach(picture);
        int controls = 0;
        for (Node node : nodes()) {
            if (node instanceof ButtonBase || node instanceof TextInputControl) {
                controls++;
                boolean named = node.getAccessibleText() != null
                        || node instanceof Labeled labeled && !labeled.getText().isEmpty();
                assertTrue(named, node + " has no name for a screen reader");
            }
        }
        assertTrue(controls >= 5, controls + " controls");
    }

    @Test
    void smallestWindow(FxRobot robot) throws Exception {
        robot.interact(() -> {
            stage.setWidth(480);
            stage.setHeight(560);
        });
        attach(picture);
        robot.clickOn("#prompt").write("Is this legible in a small window, with a question that wraps?");
        robot.type(KeyCode.ENTER);
        finishedAnswer();
        await(() -> hasText("An elephant."));
        shot("small-light");
    }

    @Test
    void thousandsOfMessagesUseFewCells(FxRobot robot) throws Exception {
        robot.interact(() -> {
            for (int i = 0; i < 2000; i++) {
                window.viewModel().messages().add(new Message.Asked("Question " + i, List.of()));
            }
        });
        WaitForAsyncUtils.waitForFxEvents();
        shot("long-light");
        await(() -> hasText("Question 1999"));
        assertTrue(stage.getScene().getRoot().lookupAll(".bubble").size() < 100);
    }

    private void attach(Path file) throws TimeoutException {
        Platform.runLater(() -> window.viewModel().attach(List.of(file)));
        await(() -> window.viewModel().attachments().stream().anyMatch(a -> a instanceof Attachment.Picture));
        WaitForAsyncUtils.waitForFxEvents();
    }
}
