package dev.matryoshka.app;

import java.util.List;
import javafx.application.Platform;
import javafx.collections.ListChangeListener;
import javafx.stage.Window;

/** The window of a rehearsal, which closes by itself. */
final class RehearsalWindow {
    /** How long it stays, for the model to load behind it. */
    private static final int MILLIS = 3_000;

    private RehearsalWindow() {}

    static void show() {
        Platform.startup(() -> Window.getWindows().addListener(RehearsalWindow::opened));
        new ChatCommand().rehearse();
    }

    private static void opened(ListChangeListener.Change<? extends Window> change) {
        List<Window> windows = List.copyOf(change.getList());
        if (!windows.isEmpty()) {
            Thread.ofVirtual().start(() -> closeLater(windows));
        }
    }

    private static void closeLater(List<Window> windows) {
        try {
            Thread.sleep(MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Platform.runLater(() -> windows.forEach(Window::hide));
    }
}
