package dev.matryoshka.ui;

import dev.matryoshka.ui.capture.CaptureDevices;
import dev.matryoshka.ui.chat.ChatView;
import dev.matryoshka.ui.chat.ChatViewModel;
import dev.matryoshka.ui.history.HistoryViewModel;
import dev.matryoshka.ui.theme.Theme;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executor;
import javafx.application.Platform;
import javafx.scene.Scene;
import javafx.stage.Stage;

/** The program's window. */
public final class ChatWindow {
    private static final double WIDTH = 1280;
    private static final double HEIGHT = 820;
    private static final double LEAST_WIDTH = 480;
    private static final double LEAST_HEIGHT = 560;
    private static final Executor BACKGROUND =
            task -> Thread.ofVirtual().name("attachment").start(task);

    private final ChatViewModel viewModel;

    /** Fills a stage and shows it. */
    public ChatWindow(Stage stage, Assistant assistant, HistoryViewModel history, List<Sample> samples, DemoNote note) {
        this(stage, assistant, history, samples, note, CaptureDevices.ofThisMachine());
    }

    /** The same with other cameras and microphones. */
    ChatWindow(
            Stage stage,
            Assistant assistant,
            HistoryViewModel history,
            List<Sample> samples,
            DemoNote note,
            CaptureDevices devices) {
        viewModel = new ChatViewModel(assistant, history, Platform::runLater, BACKGROUND);
        ChatView view = new ChatView(viewModel, samples, note, devices);
        Scene scene = new Scene(view, WIDTH, HEIGHT);
        Theme.follow(scene);
        stage.setTitle("Matryoshka");
        stage.setMinWidth(LEAST_WIDTH);
        stage.setMinHeight(LEAST_HEIGHT);
        stage.setScene(scene);
        stage.show();
        view.focusPrompt();
    }

    /** Reads pictures and sounds and adds them to the next question. */
    public void attach(List<Path> files) {
        viewModel.attach(files);
    }

    /** The state behind the window. */
    public ChatViewModel viewModel() {
        return viewModel;
    }
}
