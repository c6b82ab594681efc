package dev.matryoshka.ui;

import dev.matryoshka.ui.capture.CaptureDevices;
import dev.matryoshka.ui.chat.ChatView;
import dev.matryoshka.ui.chat.ChatViewModel;
import dev.matryoshka.ui.history.HistoryViewModel;
import dev.matryoshka.ui.lab.LabViewModel;
import dev.matryoshka.ui.lab.Labs;
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
import javafx.animation.PauseTransition;
import javafx.application.Platform;
import javafx.beans.property.ReadOnlyDoubleProperty;
import javafx.scene.Scene;
import javafx.stage.Screen;
import javafx.stage.Stage;
import javafx.util.Duration;
import org.jspecify.annotations.Nullable;

/** The program's window. */
public final class ChatWindow {
    private static final double WIDTH = 1280;
    private static final double HEIGHT = 820;
    private static final double LEAST_WIDTH = 480;
    private static final double LEAST_HEIGHT = 560;
    private static final Duration REST = Duration.seconds(1);
    private static final Executor BACKGROUND =
            task -> Thread.ofVirtual().name("attachment").start(task);
    private static final Executor EVALUATING =
            task -> Thread.ofPlatform().daemon().name("lab").start(task); // it computes for long

    private final SettingsViewModel settings;
    private final Stage stage;
    private final ChatViewModel viewModel;
    private final ModelsViewModel choices;
    private final LabViewModel lab;

    /** Fills a stage and shows it. */
    public ChatWindow(
            Stage stage,
            Assistant assistant,
            HistoryViewModel history,
            Models models,
            Labs labs,
            List<Sample> samples,
            DemoNote note,
            SettingsStore store,
            Help help) {
        this(stage, assistant, history, models, labs, samples, note, CaptureDevices.ofThisMachine(), store, help);
    }

    /** The same with other cameras and microphones. */
    ChatWindow(
            Stage stage,
            Assistant assistant,
            HistoryViewModel history,
            Models models,
            Labs labs,
            List<Sample> samples,
            DemoNote note,
            CaptureDevices devices,
            SettingsStore store,
            Help help) {
        settings = new SettingsViewModel(store, Platform::runLater, BACKGROUND);
        this.stage = stage;
        viewModel = new ChatViewModel(assistant, history, Platform::runLater, BACKGROUND);
        heed(assistant);
        choices = new ModelsViewModel(
                models, assistant.choice(), viewModel::switchTo, settings, Platform::runLater, BACKGROUND);
        lab = new LabViewModel(labs, viewModel.size(), Platform::runLater, EVALUATING);
        ChatView view = new ChatView(viewModel, choices, lab, settings, help, samples, note, devices);
        Scene scene = new Scene(view, WIDTH, HEIGHT);
        Theme.follow(scene, settings.settingsProperty());
        stage.setTitle("Matryoshka");
        stage.setMinWidth(LEAST_WIDTH);
        stage.setMinHeight(LEAST_HEIGHT);
        stage.setScene(scene);
        putBack(stage, settings.settingsProperty().get().place());
        stage.setOnHiding(e -> settings.changeLast(s -> s.withPlace(place(stage))));
        keepPlace(stage);
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

    private static Place place(Stage stage) {
        return new Place(stage.getX(), stage.getY(), stage.getWidth(), stage.getHeight());
    }

    /** Keeps where it is whenever it rests there, since a program may end without a farewell. */
    private void keepPlace(Stage stage) {
        PauseTransition rest = new PauseTransition(REST);
        rest.setOnFinished(e -> settings.change(s -> stage.isShowing() ? s.withPlace(place(stage)) : s));
        for (ReadOnlyDoubleProperty each :
                List.of(stage.xProperty(), stage.yProperty(), stage.widthProperty(), stage.heightProperty())) {
            each.addListener(property -> rest.playFromStart());
        }
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

    /** Brings it before the other windows. */
    public void toFront() {
        stage.setIconified(false);
        stage.setAlwaysOnTop(true); // many window managers raise nothing else for a program in the background
        stage.toFront();
        stage.setAlwaysOnTop(false);
        stage.requestFocus();
    }

    /** The state behind the window. */
    public ChatViewModel viewModel() {
        return viewModel;
    }

    /** The state of the Lab. */
    public LabViewModel lab() {
        return lab;
    }

    /** The state of the page of models and devices. */
    public ModelsViewModel models() {
        return choices;
    }
}
