package dev.matryoshka.app;

import dev.matryoshka.engine.error.InvalidRequestException;
import java.util.Locale;
import java.util.Map;
import javafx.application.Application;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Opens the window. */
@Command(name = "chat", mixinStandardHelpOptions = true, description = "Opens the window (the default command).")
final class ChatCommand implements Runnable {
    @Mixin
    private ModelOptions model = new ModelOptions();

    @Override
    public void run() {
        requireWindow();
        boolean linux = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("linux");
        Map<String, String> environment = System.getenv();
        if (linux && !environment.containsKey("DISPLAY") && !environment.containsKey("WAYLAND_DISPLAY")) {
            throw new InvalidRequestException(
                    "there is no screen to open a window on (DISPLAY is not set)",
                    "use 'matryoshka ask' in the terminal, or start from a desktop session");
        }
        DesktopApplication.prepare(model);
        Application.launch(DesktopApplication.class);
    }

    /** The window's modules are optional. */
    private static void requireWindow() {
        try {
            Class.forName("javafx.application.Application", false, ChatCommand.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new InvalidRequestException(
                    "this bundle has no window", "use 'matryoshka ask', or see 'matryoshka --help'", e);
        }
    }
}
