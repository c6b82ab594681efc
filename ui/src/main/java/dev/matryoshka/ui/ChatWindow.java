package dev.matryoshka.ui;

import dev.matryoshka.ui.capture.CaptureDevices;
import dev.matryoshka.ui.chat.ChatView;
import dev.matryoshka.ui.chat.ChatViewModel;
import dev.matryoshka.ui.history.HistoryViewModel;
import dev.matryoshka.ui.models.Models;
import dev.matryoshka.ui.models.ModelsViewModel;
import dev.matryoshka.ui.settings.Help;
import dev.matryoshka.ui.settings.Settings.Place;
import dev.matryoshka.ui.settings.SettingsStore;
import dev.matryoshka.ui.settings.SettingsViewModel;
import dev.matryoshka.ui.theme.Theme;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executor;
import javafx.application.Platform;
import javafx.scene.Scene;
import javafx.stage.Screen;
import javafx.stage.Stage;
import org.jspecify.annotations.Nullable;

/** The program's window. */
public final class ChatWindow {
    private static final double WIDTH = 1280;
    private static final double HEIGHT = 820;
    private static final double LEAST_WIDTH = 480;
    private static final double LEAST_HEIGHT = 560;
    private static final Executor BACKGROUND =
            task -> Thread.ofVirtual().name("attachment").start(task);

    private final SettingsViewModel settings;
    private final ChatViewModel viewModel;
    private final ModelsViewModel choices;

    /** Fills a stage and shows it. */
    public ChatWindow(
            Stage stage,
            Assistant assistant,
            HistoryViewModel history,
            Models models,
            List<Sample> samples,
            DemoNote note,
            SettingsStore store,
            Help help) {
        this(stage, assistant, history, models, samples, note, CaptureDevices.ofThisMachine(), store, help);
    }

    /** The same with other cameras and microphones. */
    ChatWindow(
            Stage stage,
            Assistant assistant,
            HistoryViewModel history,
            Models models,
            List<Sample> samples,
            DemoNote note,
            CaptureDevices devices,
            SettingsStore store,
            Help help) {
        settings = new SettingsViewModel(store, Platform::runLater, BACKGROUND);
        viewModel = new ChatViewModel(assistant, history, Platform::runLater, BACKGROUND);
        heed(assistant);
        choices = new ModelsViewModel(
                models, assistant.choice(), viewModel::switchTo, settings, Platform::runLater, BACKGROUND);
        ChatView view = new ChatView(viewModel, choices, settings, help, samples, note, devices);
        Scene scene = new Scene(view, WIDTH, HEIGHT);
        Theme.follow(scene, settings.settingsProperty());
        stage.setTitle("Matryoshka");
        stage.setMinWidth(LEAST_WIDTH);
        stage.setMinHeight(LEAST_HEIGHT);
        stage.setScene(scene);
        putBack(stage, settings.settingsProperty().get().place());
        stage.setOnHiding(e -> settings.changeLast(
                s -> s.withPlace(new Place(stage.getX(), stage.getY(), stage.getWidth(), stage.getHeight()))));
        stage.show();
        view.focusPrompt();
    }

    /** Tells the assistant now and whenever the settings change. */
    private void heed(Assistant assistant) {
        assistant.use(settings.settingsProperty().get());
        settings.settingsProperty().addListener((property, before, now) -> assistant.use(now));
        viewModel
                .memory()
                .chosenBudgetProperty()
                .addListener((property, before, now) -> settings.change(s -> s.withPerLayerBytes(now)));
    }

    /** Where it was, if there is a screen still. */
    private static void putBack(Stage stage, @Nullable Place place) {
        if (place != null
                && !Screen.getScreensForRectangle(place.x(), place.y(), place.width(), place.height())
                        .isEmpty()) {
            stage.setX(place.x());
            stage.setY(place.y());
            stage.setWidth(Math.max(LEAST_WIDTH, place.width()));
            stage.setHeight(Math.max(LEAST_HEIGHT, place.height()));
        }
    }

    /** Reads pictures and sounds and adds them to the next question. */
    public void attach(List<Path> files) {
        viewModel.attach(files);
    }

    /** The state behind the window. */
    public ChatViewModel viewModel() {
        return viewModel;
    }

    /** The state of the page of models and devices. */
    public ModelsViewModel models() {
        return choices;
    }
}
