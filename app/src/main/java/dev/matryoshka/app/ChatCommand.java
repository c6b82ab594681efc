package dev.matryoshka.app;

import dev.matryoshka.engine.error.MatryoshkaException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javafx.application.Application;
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
        Display.problem(System.getenv()).ifPresent(problem -> {
            throw problem;
        });
        DesktopApplication.prepare(model, files);
        try {
            Application.launch(DesktopApplication.class);
        } catch (RuntimeException e) { // JavaFX wraps what start() throws
            throw e.getCause() instanceof MatryoshkaException known ? known : e;
        }
    }
}
