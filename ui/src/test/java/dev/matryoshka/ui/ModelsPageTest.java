package dev.matryoshka.ui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.engine.ModelInfo;
import dev.matryoshka.engine.ModelSlices;
import dev.matryoshka.engine.PromptPart;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.error.DownloadException;
import dev.matryoshka.engine.error.InsufficientMemoryException;
import dev.matryoshka.engine.error.MatryoshkaException;
import dev.matryoshka.engine.weights.DType;
import dev.matryoshka.ui.chat.Message;
import dev.matryoshka.ui.models.ModelsView;
import dev.matryoshka.ui.settings.Settings;
import dev.matryoshka.ui.settings.SettingsStore;
import dev.matryoshka.ui.theme.Theme;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeoutException;
import javafx.application.ColorScheme;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Labeled;
import javafx.scene.control.PasswordField;
import javafx.scene.control.RadioButton;
import javafx.scene.control.TextField;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyCodeCombination;
import javafx.scene.input.KeyCombination;
import javafx.stage.Stage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testfx.api.FxRobot;
import org.testfx.framework.junit5.Start;

/** The page of models and devices, in a window. */
class ModelsPageTest extends WindowTest {
    private static final ModelInfo E4B = new ModelInfo(
            "google/gemma-3n-E4B-it", 1, 1, "Q4_0", 4096, 256, 188, "CPU, 2 threads", "asked for", false, "whole");

    private final FakeModels machine = new FakeModels();
    private volatile Settings kept = Settings.DEFAULTS;

    @Start
    void start(Stage primary) {
        models = machine;
        store = new SettingsStore() {
            @Override
            public Settings settings() {
                return kept;
            }

            @Override
            public @Nullable MatryoshkaException problem() {
                return null;
            }

            @Override
            public void save(Settings settings) {
                kept = settings;
            }
        };
        open(primary, List.of());
    }

    private void openPage(FxRobot robot) throws TimeoutException {
        robot.push(new KeyCodeCombination(KeyCode.D, KeyCombination.SHORTCUT_DOWN));
        await(() -> hasText("Fits on this machine"));
    }

    private Button button(Node in, String style) {
        return (Button) in.lookup(style);
    }

    /** The card of a model. */
    private Node card(String name) {
        return stage.getScene().lookup("#models").lookupAll(".card").stream()
                .filter(card -> card.lookupAll(".strong").stream()
                        .anyMatch(label -> ((Labeled) label).getText().equals(name)))
                .findFirst()
                .orElseThrow();
    }

    private void press(FxRobot robot, Node in, String style) throws TimeoutException {
        await(() -> in.lookup(style) != null);
        robot.interact(() -> button(in, style).fire());
    }

    @Test
    void whatThereIsWithItsFiguresAndWhatIsWrong(FxRobot robot) throws Exception {
        openPage(robot);
        assertTrue(
                hasText("7.85 B parameters, 3.98 B effective · BF16 · text, pictures, sounds · up to 32,768 tokens"));
        assertTrue(hasText("CPU, 2 threads: weights 7.96 GB, with pictures and sounds 900.0 MB more"));
        assertTrue(hasText("10.88 GB on disk · licence gemma"));
        assertTrue(hasText("model.safetensors is cut off: fetch it again"));
        await(() -> hasText("the model needs 9.10 GB on the CPU"));
        assertTrue(hasText("Nothing connects to anything until you press Fetch"));
        assertTrue(hasText("Automatic choice: the fastest: 80.1 GB/s") && hasText("opencl: there is no driver"));
        assertNull(card("broken/model").lookup(".use"));
        assertNull(card("test/gemma-3n").lookup(".remove"), "it is in use");
        assertEquals(List.of(), nameless());
        shot("models-light");
        robot.interact(() -> Theme.apply(stage.getScene(), ColorScheme.DARK));
        shot("models-dark");
        robot.interact(() -> stage.setWidth(560));
        shot("models-narrow-dark");
    }

    @Test
    void anotherModelTakesOverAndTheChatStays(FxRobot robot) throws Exception {
        robot.clickOn("#prompt").write("Hello").type(KeyCode.ENTER);
        finishedAnswer();
        openPage(robot);
        press(robot, card("google/gemma-3n-E4B-it"), ".use");
        await(() -> hasText("Loading…") && assistant.switches.size() == 1);
        assertNull(window.viewModel().modelProperty().get());
        assertFalse(window.viewModel().canSend());
        assertEquals(
                "google/gemma-3n-E4B-it", assistant.switches.getFirst().wanted.model());
        ModelSlices slices = ModelSlices.ofPublished("E2B", DType.Q4_0, null);
        assistant.switches.getFirst().succeed(E4B, slices);
        await(() -> E4B.equals(window.viewModel().modelProperty().get()) && hasText("In use"));
        assertEquals(
                MatFormerSlice.whole(slices.config()),
                window.viewModel().size().inUseProperty().get().slice(),
                "its own sizes in the panel");
        assertEquals(
                new PromptPart.Text("Hello"),
                assistant.resumed.getFirst().prompt().parts().getFirst());
        assertEquals(2, window.viewModel().messages().size());
        await(() -> "google/gemma-3n-E4B-it".equals(kept.engine().model()));
        robot.type(KeyCode.ESCAPE);
        robot.clickOn("#prompt").write("And now?").type(KeyCode.ENTER);
        await(() -> window.viewModel().messages().size() == 4);
        finishedAnswer();
    }

    @Test
    void aModelThatDoesNotFitLeavesTheOldOneAndSaysWhy(FxRobot robot) throws Exception {
        openPage(robot);
        press(robot, card("google/gemma-3n-E4B-it"), ".use");
        await(() -> assistant.switches.size() == 1);
        robot.type(KeyCode.ESCAPE);
        assistant.switches.getFirst().fail(new InsufficientMemoryException("it needs 9 GB", "choose a smaller one"));
        await(() ->
                stage.getScene().lookup("#models-page").isVisible() && hasText("it needs 9 GB: choose a smaller one"));
        await(() ->
                FakeAssistant.MODEL.equals(window.viewModel().modelProperty().get()));
        assertTrue(window.viewModel().size().scaleProperty().get() != null);
        assertNull(kept.engine().model());
        assertNull(card("test/gemma-3n").lookup(".use"));
    }

    @Test
    void theAnswerThatRunsIsStoppedAndKeptFirst(FxRobot robot) throws Exception {
        assistant.endless = true;
        robot.clickOn("#prompt").write("Hello").type(KeyCode.ENTER);
        await(() -> window.viewModel().tailProperty().get() > 2);
        openPage(robot);
        press(robot, card("google/gemma-3n-E4B-it"), ".use");
        await(() -> assistant.switches.size() == 1
                && !window.viewModel().answeringProperty().get());
        Message.Answering answer =
                (Message.Answering) window.viewModel().messages().getLast();
        assertTrue(answer.answerProperty().get() != null, "it ended before the model went");
    }

    @Test
    void anotherDeviceIsChosenAndRemembered(FxRobot robot) throws Exception {
        openPage(robot);
        RadioButton cpu = (RadioButton) stage.getScene().lookup("#device-cpu");
        assertTrue(((RadioButton) stage.getScene().lookup("#device-auto")).isSelected());
        robot.interact(cpu::fire);
        await(() -> assistant.switches.size() == 1);
        assertEquals(new ModelChoice("test/gemma-3n", "cpu"), assistant.switches.getFirst().wanted);
        assistant.switches.getFirst().succeed(FakeAssistant.MODEL, FakeAssistant.SLICES);
        await(() -> kept.engine().device().equals("cpu") && machine.lookedOn.contains("cpu"));
        robot.interact(() -> ((Button) stage.getScene().lookup("#measure")).fire());
        await(() -> machine.measured && hasText("12.5 GB/s"));
    }

    @Test
    void fetchedStoppedAndGoneOnWith(FxRobot robot) throws Exception {
        openPage(robot);
        assertEquals(List.of(), machine.tokens, "nothing is fetched by itself");
        robot.interact(() -> {
            ((TextField) stage.getScene().lookup("#fetch-id")).setText("whole/model");
            ((PasswordField) stage.getScene().lookup("#fetch-token")).setText("hf_secret");
        });
        machine.refusal = new DownloadException("the licence was not accepted", "accept it");
        robot.interact(() -> ((Button) stage.getScene().lookup("#fetch-start")).fire());
        await(() -> hasText("the licence was not accepted: accept it") && hasText("whole/model: stopped"));
        machine.refusal = null;
        robot.interact(() -> ((Button) stage.getScene().lookup("#fetch-stop")).fire());
        await(() -> machine.fetched.size() == 5 && stage.getScene().lookup("#fetch-stop") == null);
        await(() -> hasText("whole/model") && !hasText("the licence was not accepted"));
        assertEquals(List.of("hf_secret", "hf_secret"), machine.tokens);
        machine.here = 0;
        press(robot, card("half/way"), ".go-on");
        await(() -> hasText("half/way: 5.00 GB of 10.00 GB"));
        shot("models-fetching");
        robot.interact(() -> ((Button) stage.getScene().lookup("#fetch-stop")).fire());
        await(() -> hasText("half/way: 5.00 GB of 10.00 GB, stopped"));
        assertEquals("", ((Labeled) stage.getScene().lookup("#models-problem")).getText(), "a stop is no failure");
        assertFalse(kept.toString().contains("hf_secret"));
    }

    @Test
    void addedForgottenAndRemoved(FxRobot robot, @TempDir Path folder) throws Exception {
        Path file = Files.createFile(folder.resolve("mein Modell é.gguf"));
        openPage(robot);
        robot.interact(() -> window.models().add(List.of(file, folder.resolve("picture.png"))));
        await(() ->
                hasText("mein Modell é.gguf") && hasText("picture.png holds no Gemma 3n model: choose a GGUF file"));
        await(() -> kept.engine().added().equals(List.of(file.toString())));
        press(robot, card("mein Modell é.gguf"), ".remove");
        await(() -> hasText("Its files stay."));
        press(robot, card("mein Modell é.gguf"), ".yes");
        await(() -> kept.engine().added().isEmpty() && !hasText("mein Modell é.gguf"));
        assertTrue(Files.exists(file));
        press(robot, card("broken/model"), ".remove");
        await(() -> hasText("Delete 10.88 GB?"));
        assertEquals(4, machine.fetched.size(), "asked first");
        press(robot, card("broken/model"), ".no");
        press(robot, card("broken/model"), ".remove");
        press(robot, card("broken/model"), ".yes");
        await(() -> machine.fetched.size() == 3 && !hasText("broken/model"));
    }

    @Test
    void modelsThatAreDroppedOnAChatAreNoAttachments(@TempDir Path folder) throws Exception {
        Path model = Files.createDirectory(folder.resolve("model"));
        assertFalse(ModelsView.areModels(List.of(model)));
        Files.createFile(model.resolve("config.json"));
        assertTrue(ModelsView.areModels(List.of(model, folder.resolve("E2B-Q4_0.GGUF"))));
        assertFalse(ModelsView.areModels(List.of(model, folder.resolve("picture.png"))));
    }

    @Test
    void theChipsOfTheTitleBarOpenIt(FxRobot robot) throws Exception {
        assertEquals("test/gemma-3n · BF16", button("#model").getText());
        robot.clickOn("#device");
        await(() -> stage.getScene().lookup("#models-page").isVisible());
    }
}
