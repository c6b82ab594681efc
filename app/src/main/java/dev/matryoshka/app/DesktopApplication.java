package dev.matryoshka.app;

import dev.matryoshka.app.history.SqliteHistory;
import dev.matryoshka.assets.EmbeddedAssets;
import dev.matryoshka.engine.error.MatryoshkaException;
import dev.matryoshka.ui.ChatWindow;
import dev.matryoshka.ui.DemoNote;
import dev.matryoshka.ui.ModelChoice;
import dev.matryoshka.ui.Sample;
import dev.matryoshka.ui.history.HistoryViewModel;
import dev.matryoshka.ui.settings.Settings.Engine;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import javafx.application.Application;
import javafx.application.Platform;
import javafx.scene.control.Alert;
import javafx.stage.Stage;
import org.jspecify.annotations.Nullable;

/** The JavaFX side of the program: starts loading the model, then opens the window. */
public final class DesktopApplication extends Application {
    private static ModelOptions options = new ModelOptions();
    private static List<Path> files = List.of();
    private static @Nullable OneWindow claimed;
    private static Runnable before = () -> {};

    private @Nullable AssistantService assistant;
    private @Nullable HistoryViewModel history;

    /** Says what to load and what to attach; JavaFX makes the instance itself. */
    static void prepare(ModelOptions model, List<Path> attachments, @Nullable OneWindow window) {
        options = model;
        files = List.copyOf(attachments);
        claimed = window;
    }

    /** Says in place of a window why there is none. */
    static void refuse(MatryoshkaException why) {
        before = () -> {
            throw why;
        };
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
        before.run();
        AppFolders folders = AppFolders.ofUser();
        Log.open(folders.logs());
        Log.info("started: " + Report.headline());
        Thread.setDefaultUncaughtExceptionHandler(DesktopApplication::unexpected);
        SettingsFile settings = SettingsFile.open(folders.settings());
        Engine set = settings.settings().engine();
        ModelOptions chosen = options;
        chosen.otherwise(set.model(), set.device(), settings.settings().perLayerBytes());
        AssistantService service = new AssistantService(
                new ModelChoice(absolute(chosen.model()), chosen.device()),
                choice -> chosen.with(choice.model(), choice.device()).load(0));
        assistant = service;
        HistoryViewModel chats = new HistoryViewModel(() -> new SqliteHistory(folders.history()), Platform::runLater);
        history = chats;
        ChatWindow window = new ChatWindow(
                stage,
                service,
                chats,
                new LocalModels(folders, chosen.context, service::held),
                new LocalLab(folders, service),
                samples(),
                new DemoNote(ModelStore.EMBEDDED),
                settings,
                new Report(folders));
        window.attach(files);
        OneWindow one = claimed;
        if (one != null) {
            one.listen(more -> Platform.runLater(() -> {
                window.toFront();
                window.attach(more);
            }));
        }
        Platform.runLater(service::start);
    }

    /** Nothing is lost without a trace. */
    private static void unexpected(Thread thread, Throwable failure) {
        Log.failure("unexpected, in " + thread.getName(), failure);
        System.err.println("matryoshka: unexpected " + failure + ": please report it, see Settings, Help");
    }

    /** The same model wherever the program is started next. */
    private static String absolute(String model) {
        try {
            Path path = Path.of(model);
            return Files.exists(path) ? path.toAbsolutePath().normalize().toString() : model;
        } catch (InvalidPathException e) {
            return model;
        }
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
        if (claimed != null) {
            claimed.close();
        }
        Log.info("ended");
    }
}
