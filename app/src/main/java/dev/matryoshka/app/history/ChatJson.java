package dev.matryoshka.app.history;

import dev.matryoshka.ui.attachment.Attachment;
import dev.matryoshka.ui.history.ChatSummary;
import dev.matryoshka.ui.history.StoredAnswer;
import dev.matryoshka.ui.history.StoredTurn;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Chats as JSON: every version of every turn, what made each answer, media as PNG and WAV in base64. */
public final class ChatJson {
    private ChatJson() {}

    /** A line of the list of chats. */
    public static Map<String, Object> summary(ChatSummary chat) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("id", chat.id());
        fields.put("title", chat.title());
        fields.put("updated", chat.updated().toString());
        fields.put("pinned", chat.pinned());
        return fields;
    }

    /** A whole chat. */
    public static Map<String, Object> chat(ChatSummary chat, List<StoredTurn> turns) {
        Map<String, Object> fields = summary(chat);
        fields.put("turns", turns.stream().map(ChatJson::turn).toList());
        return fields;
    }

    private static Map<String, Object> turn(StoredTurn turn) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("id", turn.id());
        fields.put("after", turn.after());
        fields.put("question", turn.question());
        fields.put(
                "attachments",
                turn.attachments().stream().map(ChatJson::attachment).toList());
        fields.put("answers", turn.answers().stream().map(ChatJson::answer).toList());
        return fields;
    }

    private static Map<String, Object> attachment(Attachment.Ready attachment) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("kind", Media.kind(attachment));
        fields.put("name", attachment.name());
        fields.put("media", Media.parts(attachment).stream().map(ChatJson::part).toList());
        return fields;
    }

    private static Map<String, Object> part(Media.Part part) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("type", part.type());
        fields.put("seconds", part.seconds());
        fields.put("base64", Base64.getEncoder().encodeToString(part.bytes()));
        return fields;
    }

    private static Map<String, Object> answer(StoredAnswer answer) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("asked", answer.asked());
        fields.put("text", answer.text());
        StoredAnswer.Made made = answer.made();
        if (made != null) {
            fields.put("model", made.model());
            fields.put("type", made.type());
            fields.put("device", made.device());
            fields.put("made", SqliteHistory.JSON.convertValue(made.answer(), Map.class));
        }
        return fields;
    }
}
