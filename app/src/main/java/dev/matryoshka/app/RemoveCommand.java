package dev.matryoshka.app;

import dev.matryoshka.app.hub.HubCache;
import dev.matryoshka.app.hub.HubId;
import dev.matryoshka.app.hub.Removal;
import dev.matryoshka.engine.error.InvalidRequestException;
import dev.matryoshka.engine.error.ModelNotFoundException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Removes a model from the cache. */
@Command(
        name = "rm",
        mixinStandardHelpOptions = true,
        description = "Removes a model from the Hugging Face cache, with every revision of it; asks first.")
final class RemoveCommand implements Callable<Integer> {
    @Parameters(paramLabel = "OWNER/NAME[:TYPE]", description = "As 'list' says it.")
    private String model = "";

    @Option(names = "--yes", description = "Don't ask.")
    private boolean yes;

    @Override
    public Integer call() {
        HubId id = HubId.find(model)
                .orElseThrow(() -> new InvalidRequestException(
                        "'" + model + "' is not in the cache", "delete a folder or file of your own yourself"));
        HubCache cache = new ModelStore(AppFolders.ofUser())
                .caches().stream()
                        .filter(each -> each.bytes(id) >= 0)
                        .findFirst()
                        .orElseThrow(() -> new ModelNotFoundException(
                                "there is no model '" + model + "' in the cache", "see 'matryoshka list'"));
        if (!yes && !agreed(id + " (" + Terminal.bytes(cache.bytes(id)) + " in " + cache.root() + ")")) {
            System.err.println("kept");
            return Main.FAILURE;
        }
        try {
            Removal.remove(cache, id);
        } catch (IOException e) {
            throw new InvalidRequestException(
                    "not all of " + id + " could be removed (" + e.getMessage() + ")",
                    "check that you may write to " + cache.root() + ", then do it again",
                    e);
        }
        System.err.println("removed " + id);
        return 0;
    }

    private static boolean agreed(String what) {
        System.err.print("remove " + what + "? [y/N] ");
        System.err.flush();
        try {
            String answer = new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset())).readLine();
            return answer != null && Set.of("y", "yes").contains(answer.strip().toLowerCase(Locale.ROOT));
        } catch (IOException e) {
            return false;
        }
    }
}
