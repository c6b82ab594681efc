package dev.matryoshka.app;

import java.nio.file.Path;
import picocli.CommandLine.Command;

/** Runs once through what a user does first; from such a run the JVM makes the cache that later starts are quick by. */
@Command(name = "rehearse", hidden = true)
final class RehearseCommand implements Runnable {
    @Override
    public void run() {
        Path samples = new ModelStore(AppFolders.ofUser()).assets().samples();
        ask("--image", samples.resolve("picture2.png").toString(), "What is in the picture?");
        ask("--audio", samples.resolve("sound1.wav").toString(), "What do you hear?");
        if (System.getenv("DISPLAY") != null) {
            RehearsalWindow.show();
        }
    }

    private static void ask(String option, String file, String question) {
        Main.run("ask", "--max-tokens", "8", option, file, question);
    }
}
