package dev.matryoshka.app;

import java.nio.file.Path;
import java.util.List;
import javafx.application.Platform;
import javafx.collections.ListChangeListener;
import javafx.stage.Window;
import picocli.CommandLine.Command;

/** Runs once through what a user does first; from such a run the JVM makes the cache that later starts are quick by. */
@Command(name = "rehearse", hidden = true)
final class RehearseCommand implements Runnable {
    /** How long the window stays, for the model to load behind it. */
    private static final int WINDOW_MILLIS = 3_000;

    @Override
    public void run() {
        Path samples = new ModelStore(AppFolders.ofUser()).assets().samples();
        ask("--image", samples.resolve("picture2.png").toString(), "What is in the picture?");
        ask("--audio", samples.resolve("sound1.wav").toString(), "What do you hear?");
        if (System.getenv("DISPLAY") != null) {
            Platform.startup(() -> Window.getWindows().addListener(RehearseCommand::opened));
            new ChatCommand().run();
        }
    }

    private static void ask(String option, String file, String question) {
        Main.run("ask", "--max-tokens", "8", option, file, question);
    }

    private static void opened(ListChangeListener.Change<? extends Window> change) {
        List<Window> windows = List.copyOf(change.getList());
        if (!windows.isEmpty()) {
            Thread.ofVirtual().start(() -> closeLater(windows));
        }
    }

    private static void closeLater(List<Window> windows) {
        try {
            Thread.sleep(WINDOW_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Platform.runLater(() -> windows.forEach(Window::hide));
    }
}
