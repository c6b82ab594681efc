package dev.matryoshka.app;

import dev.matryoshka.app.hub.HubCache;
import dev.matryoshka.app.hub.HubId;
import dev.matryoshka.app.hub.HubSettings;
import dev.matryoshka.app.hub.Pull;
import java.io.Console;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Fetches a model. */
@Command(
        name = "pull",
        mixinStandardHelpOptions = true,
        description = {
            "Fetches a model from Hugging Face into the cache that its own tools use, and prints where it is."
                    + " Stopped or cut off, the same command goes on where it ended.",
            "HF_TOKEN is sent for models behind a licence; HF_HUB_CACHE, HF_ENDPOINT and HF_HUB_OFFLINE count as elsewhere."
                    + " No other command connects to anything."
        })
final class PullCommand implements Callable<Integer> {
    @Parameters(
            paramLabel = "OWNER/NAME[:TYPE][@REVISION]",
            description = "As in google/gemma-3n-E2B-it; with :Q4_0 one of several GGUF files.")
    private String model = "";

    @Option(names = "--offline", description = "Fetch nothing; fails unless the model is here.")
    private boolean offline;

    @Override
    public Integer call() {
        HubId id = HubId.parse(model);
        HubSettings settings = HubSettings.of(System.getenv());
        HubCache cache = new ModelStore(AppFolders.ofUser()).caches().getFirst();
        PullProgress progress = new PullProgress(id.toString(), System.err, terminal());
        Thread stopped =
                new Thread(() -> System.err.println("\nmatryoshka: stopped; the same command goes on from here"));
        Runtime.getRuntime().addShutdownHook(stopped);
        try {
            Path path = Pull.run(id, cache, offline ? settings.unreachable() : settings, progress, () -> false);
            progress.end();
            Terminal.print(path.toString());
            return 0;
        } finally {
            Runtime.getRuntime().removeShutdownHook(stopped);
        }
    }

    private static boolean terminal() {
        return Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
    }
}
