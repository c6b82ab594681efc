package dev.matryoshka.ui;

import dev.matryoshka.ui.chat.Message;
import dev.matryoshka.ui.history.HistoryViewModel;
import dev.matryoshka.ui.lab.Labs;
import dev.matryoshka.ui.models.Models;
import dev.matryoshka.ui.settings.Help;
import dev.matryoshka.ui.settings.SettingsStore;
import java.io.File;
import java.nio.file.Files;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javafx.embed.swing.SwingFXUtils;
import javafx.scene.Node;
import javafx.scene.Parent;
import javafx.scene.control.Button;
import javafx.scene.control.Labeled;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.Spinner;
import javafx.scene.image.WritableImage;
import javafx.scene.text.Text;
import javafx.stage.Stage;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.extension.ExtendWith;
import org.testfx.framework.junit5.ApplicationExtension;
import org.testfx.util.WaitForAsyncUtils;

/** A window before each test, and how to see what is in it. Screenshots go to target/screenshots. */
@ExtendWith(ApplicationExtension.class)
abstract class WindowTest {
    final FakeAssistant assistant = new FakeAssistant();
    Models models = Models.none();
    Labs labs = Labs.none();
    Help help = Help.none();
    SettingsStore store = SettingsStore.none();
    Stage stage = placeholder();
    ChatWindow window = placeholder();

    /** Stands until {@link #open} sets the field. */
    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
    private static <T> T placeholder() {
        return null;
    }

    /** To be called by a test's method with {@code @Start}: TestFX looks for it in the test's own class. */
    void open(Stage primary, List<Sample> samples) {
        stage = primary;
        primary.setWidth(1280);
        primary.setHeight(820);
        window = new ChatWindow(
                primary, assistant, history(), models, labs, samples, new DemoNote("test/gemma-3n"), store, help);
    }

    /** Keeps nothing, but for those who override it. */
    HistoryViewModel history() {
        return HistoryViewModel.none();
    }

    Message.Answering finishedAnswer() throws TimeoutException {
        await(() -> window.viewModel().messages().size() >= 2
                && window.viewModel().messages().getLast() instanceof Message.Answering a
                && a.answerProperty().get() != null);
        return (Message.Answering) window.viewModel().messages().getLast();
    }

    Button button(String id) {
        return (Button) stage.getScene().lookup(id);
    }

    /** Whether a text stands anywhere in the window. */
    boolean hasText(String wanted) {
        return nodes().stream().anyMatch(n -> n instanceof Text t && t.getText().contains(wanted));
    }

    List<Node> nodes() {
        List<Node> all = new ArrayList<>();
        Deque<Node> open = new ArrayDeque<>(List.of(stage.getScene().getRoot()));
        while (!open.isEmpty()) {
            Node node = open.remove();
            all.add(node);
            if (node instanceof Parent parent) {
                open.addAll(parent.getChildrenUnmodifiable());
            }
        }
        return all;
    }

    /** What the keyboard reaches; the text of a spinner has the spinner's name. */
    List<Node> controls() {
        return nodes().stream()
                .filter(Node::isFocusTraversable)
                .filter(node -> !(node instanceof ScrollPane) && !(node.getParent() instanceof Spinner<?>))
                .toList();
    }

    /** Those that a screen reader could say nothing of. */
    List<String> nameless() {
        return controls().stream()
                .filter(node -> node.getAccessibleText() == null
                        && !(node instanceof Labeled labeled
                                && labeled.getText() != null
                                && !labeled.getText().isEmpty()))
                .map(Node::toString)
                .toList();
    }

    static void await(Callable<Boolean> condition) throws TimeoutException {
        WaitForAsyncUtils.waitFor(
                20, TimeUnit.SECONDS, () -> WaitForAsyncUtils.asyncFx(condition).get());
    }

    void shot(String name) throws Exception {
        WaitForAsyncUtils.waitForFxEvents();
        WritableImage image =
                WaitForAsyncUtils.asyncFx(() -> stage.getScene().snapshot(null)).get();
        File file = new File("target/screenshots/" + name + ".png");
        Files.createDirectories(file.toPath().getParent());
        ImageIO.write(SwingFXUtils.fromFXImage(image, null), "png", file);
    }
}
