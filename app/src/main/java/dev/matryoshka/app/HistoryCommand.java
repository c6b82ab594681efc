package dev.matryoshka.app;

import dev.matryoshka.app.history.HistoryFiles;
import dev.matryoshka.engine.error.HistoryException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The window's chats in the terminal. The class itself knows nothing of the window, which a bundle lacks. */
@Command(
        name = "history",
        mixinStandardHelpOptions = true,
        description = "Lists, searches and exports the window's chats.")
final class HistoryCommand {
    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the chats: number, day, title.")
    void list(@Option(names = "--json", description = "Print one JSON object.") boolean json) {
        search(json, new ArrayList<>());
    }

    @Command(
            name = "search",
            mixinStandardHelpOptions = true,
            description = "Lists the chats in whose words and names of files all of these are.")
    void search(
            @Option(names = "--json", description = "Print one JSON object.") boolean json,
            @Parameters(arity = "0..*", paramLabel = "WORD") List<String> words) {
        attempt(() -> {
            List<Map<String, Object>> chats = HistoryFiles.chats(database(), String.join(" ", words));
            if (json) {
                Terminal.print(Terminal.json(Map.of("chats", chats)));
            } else {
                chats.forEach(chat -> Terminal.print(chat.get("id") + "\t"
                        + String.valueOf(chat.get("updated")).substring(0, 10) + "\t" + chat.get("title")));
            }
        });
    }

    @Command(
            name = "export",
            mixinStandardHelpOptions = true,
            description = "Writes a chat: its latest versions as Markdown with media beside it, or all of it as JSON.")
    void export(
            @Option(names = "--json", description = "Print one JSON object, media within it in base64.") boolean json,
            @Parameters(index = "0", paramLabel = "NUMBER", description = "As 'history list' says it.") long number,
            @Parameters(index = "1", arity = "0..1", paramLabel = "FILE.md", description = "Default: chat-NUMBER.md")
                    @Nullable
                    Path file) {
        attempt(() -> {
            if (json) {
                Terminal.print(Terminal.json(HistoryFiles.json(database(), number)));
            } else {
                Path to = file == null ? Path.of("chat-" + number + ".md") : file;
                HistoryFiles.markdown(database(), number, to);
                Terminal.print(to.toString());
            }
        });
    }

    private static Path database() {
        Path file = AppFolders.ofUser().history();
        if (!Files.exists(file)) {
            throw new HistoryException("there are no chats in " + file, "ask something in the window first");
        }
        return file;
    }

    private static void attempt(Runnable action) {
        try {
            action.run();
        } catch (NoClassDefFoundError e) {
            throw new HistoryException("this bundle keeps no chats", "use the program with the window", e);
        }
    }
}
