package dev.matryoshka.app.history;

import dev.matryoshka.engine.error.InvalidRequestException;
import dev.matryoshka.ui.history.ChatExport;
import dev.matryoshka.ui.history.ChatSummary;
import dev.matryoshka.ui.history.StoredTurn;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What a history file holds, for the terminal. */
public final class HistoryFiles {
    private static final double WHOLE = 1e6; // seconds: sounds in one part

    private HistoryFiles() {}

    /** Chats that match a search, as fields of JSON. */
    public static List<Map<String, Object>> chats(Path file, String search) {
        try (SqliteHistory history = new SqliteHistory(file)) {
            return history.chats(search).stream().map(ChatJson::summary).toList();
        }
    }

    /** A whole chat as fields of JSON. */
    public static Map<String, Object> json(Path file, long number) {
        try (SqliteHistory history = new SqliteHistory(file)) {
            return ChatJson.chat(find(history, number), history.open(number, WHOLE));
        }
    }

    /** Writes a chat's latest versions as Markdown. */
    public static void markdown(Path file, long number, Path to) {
        try (SqliteHistory history = new SqliteHistory(file)) {
            String title = find(history, number).title();
            ChatExport.markdown(title, StoredTurn.latest(history.open(number, WHOLE)), to);
        }
    }

    private static ChatSummary find(SqliteHistory history, long number) {
        return history.chats("").stream()
                .filter(chat -> chat.id() == number)
                .findFirst()
                .orElseThrow(() ->
                        new InvalidRequestException("there is no chat " + number, "see 'matryoshka history list'"));
    }
}
