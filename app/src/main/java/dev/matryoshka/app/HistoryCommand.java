package dev.matryoshka.app;

import dev.matryoshka.app.history.ChatJson;
import dev.matryoshka.app.history.SqliteHistory;
import dev.matryoshka.engine.error.HistoryException;
import dev.matryoshka.engine.error.InvalidRequestException;
import dev.matryoshka.ui.history.ChatExport;
import dev.matryoshka.ui.history.ChatSummary;
import dev.matryoshka.ui.history.StoredTurn;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The window's chats in the terminal. */
@Command(
        name = "history",
        mixinStandardHelpOptions = true,
        description = "Lists, searches and exports the window's chats.")
final class HistoryCommand {
    private static final double WHOLE = 1e6; // seconds: sounds in one part

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
        with(history -> {
            List<ChatSummary> chats = history.chats(String.join(" ", words));
            if (json) {
                Terminal.print(Terminal.json(
                        Map.of("chats", chats.stream().map(ChatJson::summary).toList())));
            } else {
                chats.forEach(chat -> Terminal.print(
                        chat.id() + "\t" + chat.updated().toString().substring(0, 10) + "\t" + chat.title()));
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
        with(history -> {
            ChatSummary chat = history.chats("").stream()
                    .filter(c -> c.id() == number)
                    .findFirst()
                    .orElseThrow(() ->
                            new InvalidRequestException("there is no chat " + number, "see 'matryoshka history list'"));
            List<StoredTurn> turns = history.open(number, WHOLE);
            if (json) {
                Terminal.print(Terminal.json(ChatJson.chat(chat, turns)));
            } else {
                Path to = file == null ? Path.of("chat-" + number + ".md") : file;
                ChatExport.markdown(chat.title(), StoredTurn.latest(turns), to);
                Terminal.print(to.toString());
            }
        });
    }

    private static void with(Consumer<SqliteHistory> action) {
        Path file = AppFolders.ofUser().history();
        if (!Files.exists(file)) {
            throw new HistoryException("there are no chats in " + file, "ask something in the window first");
        }
        try (SqliteHistory history = new SqliteHistory(file)) {
            action.accept(history);
        } catch (NoClassDefFoundError e) {
            throw new HistoryException("this bundle keeps no chats", "use the program with the window", e);
        }
    }
}
