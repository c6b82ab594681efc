package dev.matryoshka.app;

import dev.matryoshka.app.history.SqliteHistory;
import dev.matryoshka.assets.EmbeddedAssets;
import dev.matryoshka.engine.error.MatryoshkaException;
import dev.matryoshka.ui.ChatWindow;
import dev.matryoshka.ui.DemoNote;
import dev.matryoshka.ui.Sample;
import dev.matryoshka.ui.history.HistoryViewModel;
import java.nio.file.Path;
import java.util.List;
import javafx.application.Application;
import javafx.application.Platform;
import javafx.scene.control.Alert;
import javafx.stage.Stage;
import org.jspecify.annotations.Nullable;

/** The JavaFX side of the program: starts loading the model, then opens the window. */
public final class DesktopApplication extends Application {
    private static final String HOW = "Accept the licence of google/gemma-3n-E2B-it on Hugging Face, fetch it with"
            + " 'hf download google/gemma-3n-E2B-it' and start 'matryoshka chat --model google/gemma-3n-E2B-it'."
            + " A folder with the files works too.";

    private static ModelOptions options = new ModelOptions();
    private static List<Path> files = List.of();

    private @Nullable AssistantService assistant;
    private @Nullable HistoryViewModel history;

    /** Says what to load and what to attach; JavaFX makes the instance itself. */
    static void prepare(ModelOptions model, List<Path> attachments) {
        options = model;
        files = List.copyOf(attachments);
    }

    @Override
    public void start(Stage stage) {
        try {
            open(stage);
        } catch (MatryoshkaException e) { // who starts it from a menu sees no terminal
            Alert alert = new Alert(Alert.AlertType.ERROR, e.remedy());
            alert.setTitle("Matryoshka");
            alert.setHeaderText(e.problem());
            alert.showAndWait();
            throw e;
        }
    }

    private void open(Stage stage) {
        ModelOptions chosen = options;
        AssistantService service = new AssistantService();
        assistant = service;
        boolean demo = chosen.model.equals(ModelStore.EMBEDDED);
        HistoryViewModel chats =
                new HistoryViewModel(() -> new SqliteHistory(AppFolders.ofUser().history()), Platform::runLater);
        history = chats;
        SettingsFile settings = SettingsFile.open(AppFolders.ofUser().settings());
        chosen.remember(settings.settings().perLayerBytes());
        ChatWindow window = new ChatWindow(
                stage,
                service,
                chats,
                samples(),
                new DemoNote(demo, HOW),
                settings);
        window.attach(files);
        Platform.runLater(() -> service.start(() -> chosen.load(0)));
    }

    /** Pictures and sounds that ship with the program; any model can be asked about them. */
    private static List<Sample> samples() {
        EmbeddedAssets assets = new ModelStore(AppFolders.ofUser()).assets();
        Path folder = assets.samples();
        return List.of(
                new Sample(folder.resolve("picture0.png"), "What is in the picture?"),
                new Sample(folder.resolve("picture6.png"), "Which letter is it?"),
                new Sample(folder.resolve("sound1.wav"), "What do you hear?"),
                new Sample(folder.resolve("sound4.wav"), "What number did I say?"));
    }

    @Override
    public void stop() {
        if (assistant != null) {
            assistant.close();
        }
        if (history != null) {
            history.close();
        }
    }
}
