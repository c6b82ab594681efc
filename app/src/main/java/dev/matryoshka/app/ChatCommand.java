package dev.matryoshka.app;

import dev.matryoshka.engine.error.MatryoshkaException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javafx.application.Application;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Opens the window. */
@Command(name = "chat", mixinStandardHelpOptions = true, description = "Opens the window (the default command).")
final class ChatCommand implements Runnable {
    @Mixin
    private ModelOptions model = new ModelOptions();

    @Parameters(arity = "0..*", paramLabel = "FILE", description = "Pictures and sounds to ask about.")
    private List<Path> files = new ArrayList<>();

    @Override
    public void run() {
        requireDisplay();
        OneWindow claimed;
        try {
            claimed = OneWindow.claim(AppFolders.ofUser().data(), files);
        } catch (MatryoshkaException e) {
            DesktopApplication.refuse(e);
            launch();
            return;
        }
        if (claimed == null) {
            System.err.println("matryoshka: it is open already, its window comes to the front");
        } else {
            open(claimed);
        }
    }

    private static void requireDisplay() {
        Display.problem(System.getenv()).ifPresent(problem -> {
            throw problem;
        });
    }

    /** Opens a window that no other start hears of. */
    void rehearse() {
        requireDisplay();
        open(null);
    }

    private void open(@Nullable OneWindow claimed) {
        DesktopApplication.prepare(model, files, claimed);
        launch();
    }

    private static void launch() {
        try {
            Application.launch(DesktopApplication.class);
        } catch (RuntimeException e) { // JavaFX wraps what start() throws
            throw e.getCause() instanceof MatryoshkaException known ? known : e;
        }
    }
}
