package dev.matryoshka.ui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.engine.LabReport;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.error.InvalidRequestException;
import dev.matryoshka.ui.lab.LabView;
import dev.matryoshka.ui.lab.LabViewModel;
import dev.matryoshka.ui.theme.Theme;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeoutException;
import javafx.application.ColorScheme;
import javafx.scene.control.Button;
import javafx.scene.control.TableView;
import javafx.scene.control.TextField;
import javafx.scene.control.ToggleButton;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyCodeCombination;
import javafx.scene.input.KeyCombination;
import javafx.stage.Stage;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testfx.api.FxRobot;
import org.testfx.framework.junit5.Start;

/** The Lab, in a window. */
class LabPageTest extends WindowTest {
    private static final int PLENTY = 10_000;

    private final FakeLabs lab = new FakeLabs();

    @Start
    void start(Stage primary) {
        labs = lab;
        open(primary, List.of());
    }

    private void openPage(FxRobot robot) throws TimeoutException {
        await(() -> window.viewModel().size().scaleProperty().get() != null);
        robot.push(new KeyCodeCombination(KeyCode.L, KeyCombination.SHORTCUT_DOWN, KeyCombination.SHIFT_DOWN));
        await(() -> stage.getScene().lookup("#lab-page").isVisible());
    }

    private void fire(FxRobot robot, String id) throws TimeoutException {
        await(() -> stage.getScene().lookup(id) instanceof Button b && b.isVisible() && !b.isDisabled());
        robot.interact(() -> button(id).fire());
    }

    private List<LabReport.Row> rows() {
        return window.lab().reportProperty().get().rows();
    }

    private Button point(String name) {
        return stage.getScene().getRoot().lookupAll(".lab-point").stream()
                .map(Button.class::cast)
                .filter(each -> each.getAccessibleText().startsWith(name + ":"))
                .findFirst()
                .orElseThrow();
    }

    private void runAll(FxRobot robot) throws TimeoutException {
        lab.permits.release(PLENTY);
        fire(robot, "#lab-run");
        await(() -> rows().size() == FakeLabs.slices(List.of()).size()
                && window.lab().stateProperty().get() == null);
    }

    @Test
    void aPointThatIsClickedIsUsed(FxRobot robot) throws Exception {
        openPage(robot);
        runAll(robot);
        assertEquals(List.of(), nameless());
        String name = rows().getFirst().slice().slice().name();
        robot.interact(() -> point(name).fire());
        assertEquals(rows().getFirst().slice().slice(), assistant.slice);
        assertTrue(hasText("▸ "), "marked in the table");
        shot("lab-light");
        robot.interact(() -> Theme.apply(stage.getScene(), ColorScheme.DARK));
        robot.interact(() -> ((ToggleButton) stage.getScene().lookup("#lab-speed")).fire());
        assertEquals(LabViewModel.Cost.SPEED, window.lab().costProperty().get());
        shot("lab-dark");
        robot.interact(() -> stage.setWidth(560));
        shot("lab-narrow-dark");
    }

    @Test
    void aRowIsUsedByTheKeyboard(FxRobot robot) throws Exception {
        openPage(robot);
        runAll(robot);
        TableView<?> table = (TableView<?>) stage.getScene().lookup("#lab-table");
        robot.interact(() -> {
            table.requestFocus();
            table.getSelectionModel().select(1);
        });
        robot.type(KeyCode.ENTER);
        assertEquals(rows().get(1).slice().slice(), assistant.slice);
    }

    @Test
    void stoppedItKeepsWhatIsDoneAndGoesOnFromThere(FxRobot robot) throws Exception {
        openPage(robot);
        lab.permits.release(14);
        fire(robot, "#lab-run");
        await(() -> hasText("question 15 of") && rows().size() == 1);
        shot("lab-running");
        fire(robot, "#lab-stop");
        await(() -> window.lab().stateProperty().get() == null && rows().size() == 1);
        robot.type(KeyCode.ESCAPE);
        openPage(robot);
        lab.permits.release(PLENTY);
        fire(robot, "#lab-run");
        await(() -> rows().size() == FakeLabs.slices(List.of()).size());
        assertEquals(List.of("questions.jsonl", "questions.jsonl"), lab.runs);
        fire(robot, "#lab-again");
        await(() -> lab.runs.size() == 3 && window.lab().stateProperty().get() == null);
        assertEquals("again questions.jsonl", lab.runs.getLast());
    }

    @Test
    void theBestSizeForABudgetIsFoundAndCompared(FxRobot robot) throws Exception {
        openPage(robot);
        runAll(robot);
        lab.permits.drainPermits();
        TextField amount = (TextField) stage.getScene().lookup("#lab-amount");
        robot.interact(() -> amount.setText("a lot"));
        assertTrue(button("#lab-find").isDisabled());
        robot.interact(() -> amount.setText("1500"));
        fire(robot, "#lab-find");
        await(() -> hasText("Trying 1.50 GB"));
        fire(robot, "#lab-stop");
        await(() -> window.lab().stateProperty().get() == null);
        assertTrue(window.lab().problemProperty().get() == null, "a stop is no failure");
        fire(robot, "#lab-find");
        lab.permits.release(PLENTY);
        await(() -> rows().stream().anyMatch(row -> row.slice().slice().name().equals("best for 1500 MB"))
                && window.lab().stateProperty().get() == null);
        robot.interact(() -> point("best for 1500 MB").fire());
        await(() -> assistant
                .slice
                .ffn()
                .equals(MatFormerSlice.uniform("", FakeAssistant.SLICES.config(), 0.75)
                        .ffn()));
        robot.type(KeyCode.ESCAPE);
        await(() -> hasText("best for 1500 MB"));
    }

    @Test
    void aModelWithoutQuestionsAsksForAFile(FxRobot robot, @TempDir Path folder) throws Exception {
        lab.shipped = null;
        openPage(robot);
        await(() -> hasText("Choose a file of questions"));
        assertTrue(button("#lab-run").isDisabled());
        Path file = Files.createFile(folder.resolve("mine.jsonl"));
        lab.refusal = new InvalidRequestException("mine.jsonl has no questions", "write one JSON object a line");
        robot.interact(() -> window.lab().ask(file));
        fire(robot, "#lab-run");
        await(() -> hasText("mine.jsonl has no questions: write one JSON object a line"));
        lab.refusal = null;
        runAll(robot);
        assertEquals("mine.jsonl", lab.runs.getLast());
    }

    @Test
    void anotherModelEndsTheRun(FxRobot robot) throws Exception {
        openPage(robot);
        lab.permits.release(12);
        fire(robot, "#lab-run");
        await(() -> rows().size() == 1);
        robot.interact(() -> window.viewModel().switchTo(new ModelChoice("other/model", "auto"), failure -> {}));
        await(() -> rows().isEmpty() && window.lab().stateProperty().get() == null);
        assistant.switches.getFirst().succeed(FakeAssistant.MODEL, FakeAssistant.SLICES);
        lab.permits.release(PLENTY);
        await(() -> window.viewModel().size().scaleProperty().get() != null);
        assertFalse(window.lab().readyProperty().get(), "its questions are not known yet");
    }

    @Test
    void plotAndTableAreSaved(FxRobot robot, @TempDir Path folder) throws Exception {
        openPage(robot);
        runAll(robot);
        LabView view = (LabView) stage.getScene().lookup(".lab");
        Path csv = folder.resolve("lab.csv");
        Path png = folder.resolve("lab.png");
        robot.interact(() -> {
            window.lab().writeTable(csv);
            view.writePlot(png);
        });
        await(() -> Files.exists(png) && Files.size(png) > 1000 && Files.exists(csv));
        assertEquals(rows().size() + 1, Files.readAllLines(csv).size());
        BufferedImage picture = ImageIO.read(new ByteArrayInputStream(Files.readAllBytes(png)));
        assertTrue(picture.getWidth() > 1000 && picture.getHeight() > 500, picture::toString);
        robot.interact(() -> window.lab().writeTable(folder.resolve("no/such/lab.csv")));
        await(() -> hasText("choose a place you may write to"));
    }
}
