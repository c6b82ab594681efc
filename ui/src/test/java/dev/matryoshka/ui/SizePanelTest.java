package dev.matryoshka.ui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.matryoshka.engine.Answer;
import dev.matryoshka.engine.Elastic;
import dev.matryoshka.engine.Residency;
import dev.matryoshka.engine.SliceInfo;
import dev.matryoshka.engine.config.KvPolicy;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.error.InsufficientMemoryException;
import dev.matryoshka.ui.chat.Message;
import dev.matryoshka.ui.size.SizeViewModel.Mode;
import dev.matryoshka.ui.theme.Theme;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import javafx.application.ColorScheme;
import javafx.application.Platform;
import javafx.geometry.Bounds;
import javafx.scene.AccessibleAttribute;
import javafx.scene.AccessibleRole;
import javafx.scene.Node;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Labeled;
import javafx.scene.control.Slider;
import javafx.scene.control.Spinner;
import javafx.scene.control.ToggleButton;
import javafx.scene.input.KeyCode;
import javafx.scene.input.MouseButton;
import javafx.stage.Stage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testfx.api.FxRobot;
import org.testfx.framework.junit5.Start;
import org.testfx.util.WaitForAsyncUtils;

/** The size panel as a person uses it, with the published slices of E4B. */
class SizePanelTest extends WindowTest {
    @Start
    void start(Stage primary) {
        open(primary, List.of());
    }

    @Test
    void theSliderShowsWhatASizeMeansBeforeItIsUsed(FxRobot robot) throws Exception {
        assertFalse(shown("#size-speed"), "nothing was measured yet");
        ask(robot, "Why?");
        await(() ->
                text("#size-speed").equals("12 tokens/s") || text("#size-speed").equals("13 tokens/s"));
        Bounds track = bounds("#size-slider");
        robot.drag(track.getMinX() + track.getWidth() - 10, track.getCenterY(), MouseButton.PRIMARY)
                .moveTo(track.getMinX() + 0.508 * track.getWidth(), track.getCenterY());
        await(() -> text("#size-name").equals("E2.98-layer, published"));
        assertEquals("2.97", text("#size-number"));
        assertEquals("MMLU 59.5 (whole: 62.3)", text("#size-score"));
        assertEquals("recomputed", text("#size-kv"));
        assertTrue(text("#size-bytes").contains(" GB of "), text("#size-bytes"));
        assertEquals("whole", assistant.slice.name());
        shot("size-light");
        robot.drop();
        await(() -> assistant.slice.name().equals("E2.98-layer"));
        SliceInfo used =
                Objects.requireNonNull(window.viewModel().size().inUseProperty().get());
        Slider slider = (Slider) stage.getScene().lookup("#size-slider");
        assertEquals((double) used.effectiveParameters(), slider.getValue(), 1, "the tick attracts the knob");
        ask(robot, "So");
        await(() -> hasText("E2.98-layer"));
        Platform.runLater(() -> Theme.apply(stage.getScene(), ColorScheme.DARK));
        WaitForAsyncUtils.waitForFxEvents();
        shot("size-dark");
    }

    @Test
    void byKeyboardAlone(FxRobot robot) throws Exception {
        focus(robot, "#size-slider");
        robot.type(KeyCode.HOME).type(KeyCode.ENTER);
        await(() -> assistant.slice.name().equals("E2B"));
        robot.type(KeyCode.PAGE_UP);
        await(() -> text("#size-name").equals("E1.96-layer, published"));
        await(() -> assistant.slice.name().equals("E1.96-layer")); // by itself, a moment later
        robot.type(KeyCode.RIGHT);
        await(() -> text("#size-name").equals("between two ticks"));
        robot.clickOn("#mode-by_hand");
        robot.type(KeyCode.RIGHT)
                .type(KeyCode.RIGHT)
                .type(KeyCode.END)
                .type(KeyCode.RIGHT)
                .type(KeyCode.HOME);
        robot.type(KeyCode.UP).type(KeyCode.ENTER);
        await(() ->
                assistant.slice.ffn().get(2) == 16_384 && assistant.slice.ffn().get(3) == 512);
        assertEquals("by hand", text("#size-name"));
        Node layer = stage.getScene().getFocusOwner();
        assertEquals(AccessibleRole.SLIDER, layer.getAccessibleRole());
        assertEquals("512 of 16384", layer.queryAccessibleAttribute(AccessibleAttribute.VALUE_STRING));
        robot.type(KeyCode.DELETE).type(KeyCode.ENTER);
        await(() -> !assistant.slice.keeps(3));
        robot.press(KeyCode.CONTROL, KeyCode.L).release(KeyCode.L, KeyCode.CONTROL);
        await(() -> !shown("#size-panel") && shown("#size"));
    }

    @Test
    void aLayerIsDraggedByTheMouse(FxRobot robot) throws Exception {
        Bounds layers = bounds("#layers");
        double x = layers.getMinX() + layers.getWidth() * 10.5 / 35;
        robot.drag(x, layers.getMinY() + 2, MouseButton.PRIMARY).moveTo(x, layers.getCenterY());
        await(() -> window.viewModel().size().modeProperty().get() == Mode.BY_HAND);
        assertTrue(((ToggleButton) stage.getScene().lookup("#mode-by_hand")).isSelected());
        assertEquals("whole", assistant.slice.name());
        robot.drop();
        await(() -> Math.abs(assistant.slice.ffn().get(10) - 8192) <= 1024);
        double last = layers.getMinX() + layers.getWidth() * 34.5 / 35;
        robot.drag(last, layers.getMinY() + 2, MouseButton.PRIMARY).moveTo(last, layers.getMaxY() + 3);
        robot.drop();
        await(() -> !assistant.slice.keeps(34));
        shot("size-by-hand-light");
    }

    @Test
    void theSizeChangesWhileItAnswers(FxRobot robot) throws Exception {
        assistant.endless = true;
        robot.clickOn("#prompt").write("Go").type(KeyCode.ENTER);
        await(() -> hasText("An elephant."));
        ComboBox<KvPolicy> policies = combo("#kv-policy");
        robot.interact(() -> policies.setValue(KvPolicy.KEEP));
        await(() -> text("#size-kv").equals("stays exact"));
        focus(robot, "#size-slider");
        robot.type(KeyCode.HOME);
        await(() -> text("#size-kv").equals("approximate"));
        robot.type(KeyCode.ENTER);
        await(() -> hasText("whole → E2B") && hasText("K/V approximate"));
        assertEquals(KvPolicy.KEEP, assistant.policies.getLast());
        shot("size-live-light");
        robot.type(KeyCode.ESCAPE);
        assertTrue(finishedAnswer().answerProperty().get().approximate());
    }

    @Test
    void twoSizesSideBySide(FxRobot robot) throws Exception {
        robot.clickOn("#compare");
        robot.clickOn("#prompt").write("Which?").type(KeyCode.ENTER);
        await(() -> window.viewModel().messages().size() == 2
                && !window.viewModel().answeringProperty().get());
        Message.Compared both = assertInstanceOf(
                Message.Compared.class, window.viewModel().messages().getLast());
        assertEquals("E2B", both.first().slices().getFirst().slice().name());
        assertEquals("whole", both.second().slices().getFirst().slice().name());
        assertNotNull(both.first().answerProperty().get());
        await(() -> hasText("E2B")
                && stage.getScene().getRoot().lookupAll(".answer-card").size() == 2);
        shot("compare-light");
        robot.clickOn("#compare");
        ask(robot, "So");
        assertInstanceOf(Message.Answering.class, window.viewModel().messages().getLast());
    }

    @Test
    void elasticKeepsASpeed(FxRobot robot) throws Exception {
        robot.clickOn("#mode-elastic");
        await(() -> new Elastic.Speed(10, false).equals(assistant.elastic));
        Spinner<?> target = (Spinner<?>) stage.getScene().lookup("#target");
        robot.clickOn(target.getEditor()).type(KeyCode.UP);
        await(() -> new Elastic.Speed(11, false).equals(assistant.elastic));
        shot("size-elastic-light");
        robot.eraseText(2).write("fast").type(KeyCode.ENTER);
        assertEquals(11.0, target.getValue());
        robot.interact(() -> target.getEditor().setText("12,5"));
        robot.type(KeyCode.ENTER);
        await(() -> new Elastic.Speed(12.5, false).equals(assistant.elastic));
        robot.clickOn("#mode-fixed");
        await(() -> assistant.elastic == null);
    }

    @Test
    void elasticSparesTheMachineAndTheAnswerSaysWhy(FxRobot robot) throws Exception {
        assumeTrue(Elastic.Sparing.possible());
        robot.clickOn("#mode-elastic").clickOn("#sparing");
        await(() -> new Elastic.Sparing(false).equals(assistant.elastic));
        assertTrue(stage.getScene().lookup("#target").isDisabled());
        shot("size-sparing-light");
        assistant.reason = "on battery";
        robot.clickOn("#prompt").write("Why?").type(KeyCode.ENTER);
        await(() -> hasText("E4B, on battery"));
        robot.clickOn("#sparing");
        await(() -> new Elastic.Speed(10, false).equals(assistant.elastic));
    }

    @Test
    void inASmallWindowItIsADrawer(FxRobot robot) throws Exception {
        robot.interact(() -> {
            stage.setWidth(700);
            stage.setHeight(560);
        });
        await(() -> !shown("#size-panel"));
        robot.clickOn("#size");
        await(() -> shown("#size-panel"));
        shot("size-drawer-light");
        robot.clickOn("#close-size");
        await(() -> !shown("#size-panel"));
    }

    @Test
    void memoryByPurposeAndTheRowsOnTheCpu(FxRobot robot) throws Exception {
        await(() -> text("#memory-held").equals("1.94 GB of 3.00 GB"));
        assertEquals("weights 1.47 GB · K/V 270.0 MB · activations 150.0 MB · staging 50.0 MB", text("#memory-parts"));
        assertEquals("hit 94%", text("#ple-hits"));
        assertEquals("cache 48.0 MB of 64.0 MB", text("#ple-table"));
        assertEquals("2.35 GB mapped, 1.10 GB in memory · 0.3 KB read per token", text("#ple-reads"));
        focus(robot, "#ple-budget");
        robot.type(KeyCode.RIGHT);
        await(() -> assistant.budget == 80_000_000);
        await(() -> text("#ple-table").equals("cache 48.0 MB of 80.0 MB"));
        shot("memory-light");
        Platform.runLater(() -> Theme.apply(stage.getScene(), ColorScheme.DARK));
        shot("memory-dark");
    }

    @Test
    void memoryIsLiveWhileItAnswersAndQuietOtherwise(FxRobot robot) throws Exception {
        await(() -> text("#memory-held").equals("1.94 GB of 3.00 GB"));
        assistant.endless = true;
        robot.clickOn("#prompt").write("Go").type(KeyCode.ENTER);
        await(() -> hasText("An elephant."));
        assistant.freeBytes = 60_000_000;
        await(() -> text("#memory-held").equals("1.94 GB of 2.00 GB"));
        robot.type(KeyCode.ESCAPE);
        finishedAnswer();
        WaitForAsyncUtils.waitForFxEvents();
        int asked = assistant.memoryAsked.get();
        Thread.sleep(1500);
        assertTrue(assistant.memoryAsked.get() <= asked + 1, "an idle window asks no more");
    }

    @Test
    void aDeviceKeepsAsMuchAsItsSliderSays(FxRobot robot) throws Exception {
        await(() -> shown("#memory-held"));
        assertFalse(shown("#resident-budget"), "the CPU keeps nothing");
        MatFormerSlice whole = assistant.slice;
        assistant.residency = new Residency(whole, false, null);
        focus(robot, "#size-slider");
        robot.type(KeyCode.HOME).type(KeyCode.ENTER); // a change asks for the memory anew
        await(() -> shown("#resident-budget") && text("#resident-kept").startsWith("keeps up to E4B, 2."));
        robot.type(KeyCode.END).type(KeyCode.ENTER);
        await(() -> assistant.slice.name().equals("E4B"));
        focus(robot, "#resident-budget");
        robot.type(KeyCode.LEFT);
        await(() -> text("#resident-kept").matches("keeps up to E3\\S+, .* GB · on its way"));
        assertTrue(
                assistant.slice.name().startsWith("E3"), "the size that answers comes down: " + assistant.slice.name());
        robot.type(KeyCode.HOME);
        await(() -> residentName().equals("E2B"));
        await(() -> text("#resident-kept").startsWith("keeps up to E2B, 1."));
        Slider slider = (Slider) stage.getScene().lookup("#resident-budget");
        assertEquals(text("#resident-kept"), slider.queryAccessibleAttribute(AccessibleAttribute.VALUE_STRING));
        robot.interact(() -> slider.adjustValue(slider.getMax())); // what a click on the track does
        await(() -> residentName().equals("E4B"));
        assertEquals("E2B", assistant.slice.name());
        assistant.residency = new Residency(whole, false, new InsufficientMemoryException("it is full", "keep less"));
        await(() -> text("#resident-kept").endsWith("GB · it is full: keep less")); // by itself: it was on its way
        shot("resident-light");
    }

    private String residentName() {
        return Objects.requireNonNull(assistant.residency).wanted().name();
    }

    @Test
    void draftsSayWhatTheyDid(FxRobot robot) throws Exception {
        ask(robot, "Why?");
        assistant.drafted = new Answer.Drafts(5, 20, 12);
        robot.interact(() -> stage.getScene().lookup("#drafts").requestFocus());
        robot.type(KeyCode.SPACE);
        assertTrue(assistant.drafts);
        assertFalse(shown("#drafted"));
        robot.clickOn("#prompt").write("So?").type(KeyCode.ENTER);
        await(() -> text("#drafted").equals("12 of 20 drafts accepted · 1.00× the speed without"));
    }

    @Test
    void aSizeIsSavedByName(FxRobot robot, @TempDir Path folder) throws Exception {
        assistant.saved = folder;
        focus(robot, "#size-slider");
        robot.type(KeyCode.HOME).type(KeyCode.RIGHT);
        await(() -> text("#size-name").equals("between two ticks"));
        focus(robot, "#slice-name");
        robot.write("half").type(KeyCode.ENTER);
        await(() -> hasText("the name half is taken"));
        robot.eraseText(4).write("Lunch").type(KeyCode.ENTER);
        await(() -> text("#size-name").equals("Lunch, saved"));
        assertTrue(Files.exists(folder.resolve("Lunch.json")));
        await(() -> assistant.slice.name().equals("Lunch"));
        assertTrue(
                Objects.requireNonNull(window.viewModel().size().scaleProperty().get()).ticks().stream()
                        .anyMatch(tick -> tick.slice().name().equals("Lunch")));
    }

    @Test
    void everyControlHasAName() {
        int controls = 0;
        for (Node node : stage.getScene().lookup("#size-panel").lookupAll("*")) {
            if (node.isFocusTraversable()) {
                controls++;
                boolean named = node.getAccessibleText() != null
                        || node instanceof Spinner<?> spinner
                                && spinner.getEditor().getAccessibleText() != null
                        || node instanceof Labeled labeled && !labeled.getText().isEmpty();
                assertTrue(named, node + " has no name for a screen reader");
            }
        }
        assertTrue(controls >= 8, controls + " controls");
        Slider slider = (Slider) stage.getScene().lookup("#size-slider");
        assertEquals(
                "E4B, 3.98 B effective, MMLU 62.3", slider.queryAccessibleAttribute(AccessibleAttribute.VALUE_STRING));
    }

    private void ask(FxRobot robot, String question) throws TimeoutException {
        robot.clickOn("#prompt").write(question).type(KeyCode.ENTER);
        await(() -> !window.viewModel().answeringProperty().get());
        await(() -> hasText("12.5 tokens/s"));
    }

    private void focus(FxRobot robot, String id) {
        robot.interact(() -> stage.getScene().lookup(id).requestFocus());
    }

    private String text(String id) {
        return ((Labeled) stage.getScene().lookup(id)).getText();
    }

    private boolean shown(String id) {
        for (Node node = stage.getScene().lookup(id); node != null; node = node.getParent()) {
            if (!node.isVisible()) {
                return false;
            }
        }
        return true;
    }

    /** On the screen. */
    private Bounds bounds(String id) throws TimeoutException {
        WaitForAsyncUtils.waitForFxEvents();
        Node node = stage.getScene().lookup(id);
        return node.localToScreen(node.getBoundsInLocal());
    }

    @SuppressWarnings("unchecked")
    private <T> ComboBox<T> combo(String id) {
        return (ComboBox<T>) stage.getScene().lookup(id);
    }
}
