package dev.matryoshka.ui;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.engine.preprocess.RgbImage;
import dev.matryoshka.media.image.ImageDecoder;
import dev.matryoshka.media.video.Video;
import dev.matryoshka.ui.attachment.Attachment;
import dev.matryoshka.ui.attachment.PictureViewer;
import dev.matryoshka.ui.theme.Theme;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeoutException;
import javafx.application.ColorScheme;
import javafx.application.Platform;
import javafx.geometry.Bounds;
import javafx.scene.Node;
import javafx.scene.image.ImageView;
import javafx.scene.input.Clipboard;
import javafx.scene.input.KeyCode;
import javafx.stage.Stage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testfx.api.FxRobot;
import org.testfx.framework.junit5.Start;
import org.testfx.util.WaitForAsyncUtils;

/** Pictures of the chat, large. */
class PictureViewerTest extends WindowTest {
    private static final RgbImage SUNSET = picture(900, 600, 0xB3);
    private static final RgbImage STAMP = picture(40, 30, 0x20);

    @Start
    void start(Stage primary) {
        open(primary, List.of());
    }

    private static RgbImage picture(int width, int height, int red) {
        byte[] rgb = new byte[3 * width * height];
        for (int i = 0; i < width * height; i++) {
            rgb[3 * i] = (byte) red;
            rgb[3 * i + 1] = (byte) (200 * (i / width) / height);
            rgb[3 * i + 2] = (byte) (200 * (i % width) / width);
        }
        return new RgbImage(width, height, rgb);
    }

    private void fill(FxRobot robot) throws Exception {
        Video video = new Video(2, List.of(new Video.Frame(0, STAMP), new Video.Frame(1, SUNSET)), new float[0]);
        robot.interact(() -> {
            window.viewModel().attach(new Attachment.Picture("sunset.jpg", SUNSET));
            window.viewModel().attach(new Attachment.Film("boats.mp4", video, video.parts(3)));
            window.viewModel().draftProperty().set("What is this?");
            window.viewModel().send();
        });
        finishedAnswer();
        robot.interact(() -> window.viewModel().attach(new Attachment.Picture("stamp.png", STAMP)));
        WaitForAsyncUtils.waitForFxEvents();
    }

    private List<Node> named(String name) {
        return nodes().stream()
                .filter(node -> name.equals(node.getAccessibleText()) && node.isVisible())
                .toList();
    }

    private Node opener(String name) throws TimeoutException {
        String wanted = "Open " + name + " large";
        await(() -> named(wanted).size() == 1);
        return named(wanted).getFirst();
    }

    private PictureViewer viewer() {
        return (PictureViewer) stage.getScene().lookup("#picture-viewer");
    }

    private ImageView shown() {
        return (ImageView) viewer().lookup(".image-view");
    }

    @Test
    void aClickOpensAPictureAndTheArrowsShowTheOthersOfTheChat(FxRobot robot) throws Exception {
        fill(robot);
        robot.clickOn(opener("sunset.jpg"));
        await(() -> viewer().isVisible() && hasText("sunset.jpg   ·   900 × 600 pixels") && hasText("1 / 4"));
        Bounds bounds = shown().localToScene(shown().getBoundsInLocal());
        assertTrue(bounds.getWidth() > 1000 || bounds.getHeight() > 700, bounds::toString);
        assertTrue(stage.getScene().getHeight() > bounds.getMaxY() && bounds.getMinY() > 0, bounds::toString);
        shot("picture-light");
        robot.type(KeyCode.RIGHT);
        await(() -> hasText("boats.mp4 at 0:00   ·   40 × 30 pixels") && hasText("2 / 4"));
        assertEquals(160, shown().getLayoutBounds().getWidth(), 1, "four times its size, no more");
        robot.type(KeyCode.RIGHT).type(KeyCode.RIGHT).type(KeyCode.RIGHT);
        await(() -> hasText("stamp.png   ·   40 × 30 pixels") && hasText("4 / 4"));
        assertEquals("stamp.png   ·   40 × 30 pixels, picture 4 of 4", viewer().getAccessibleText());
        robot.type(KeyCode.LEFT);
        await(() -> hasText("boats.mp4 at 0:01   ·   900 × 600 pixels"));
        Platform.runLater(() -> Theme.apply(stage.getScene(), ColorScheme.DARK));
        shot("picture-dark");
        robot.type(KeyCode.ESCAPE);
        await(() -> !viewer().isVisible());
        assertEquals(opener("sunset.jpg"), stage.getScene().getFocusOwner());
    }

    @Test
    void theKeyboardAloneOpensCopiesAndCloses(FxRobot robot) throws Exception {
        fill(robot);
        Node opener = opener("stamp.png");
        robot.interact(opener::requestFocus);
        robot.type(KeyCode.ENTER);
        await(() -> viewer().isVisible() && hasText("4 / 4"));
        robot.press(KeyCode.CONTROL, KeyCode.C).release(KeyCode.C, KeyCode.CONTROL);
        await(() -> Clipboard.getSystemClipboard().hasImage());
        robot.interact(
                () -> assertEquals(40, Clipboard.getSystemClipboard().getImage().getWidth()));
        robot.type(KeyCode.ESCAPE);
        await(() -> !viewer().isVisible());
    }

    @Test
    void aClickBesideItClosesIt(FxRobot robot) throws Exception {
        fill(robot);
        robot.clickOn(opener("stamp.png"));
        await(() -> viewer().isVisible());
        robot.moveTo(viewer()).clickOn(viewer());
        await(() -> !viewer().isVisible());
    }

    @Test
    void savedAsPngAndSaidWhereItCanNot(FxRobot robot, @TempDir Path folder) throws Exception {
        fill(robot);
        robot.clickOn(opener("stamp.png"));
        Path file = folder.resolve("out.png");
        robot.interact(() -> viewer().save(file));
        await(() -> hasText("Saved as out.png"));
        assertArrayEquals(
                STAMP.rgb(),
                ImageDecoder.decode(Files.readAllBytes(file), "out").rgb());
        robot.interact(() -> viewer().save(folder.resolve("missing/out.png")));
        await(() -> hasText("choose another folder"));
    }

    @Test
    void everyControlHasAName(FxRobot robot) throws Exception {
        fill(robot);
        robot.clickOn(opener("sunset.jpg"));
        await(() -> viewer().isVisible());
        assertEquals(List.of(), nameless());
        assertEquals(6, viewer().lookupAll(".icon-button").size() + (controls().contains(viewer()) ? 1 : 0));
    }
}
