package dev.matryoshka.ui.history;

import dev.matryoshka.engine.Exchange;
import dev.matryoshka.engine.Prompt;
import dev.matryoshka.engine.PromptPart;
import dev.matryoshka.ui.attachment.Attachment;
import java.util.ArrayList;
import java.util.List;

/**
 * A question and its answers.
 *
 * @param question may be empty beside attachments
 * @param answers one; two where sizes were compared, the chat went on from the last; none where it never came to one
 */
public record StoredTurn(String question, List<Attachment.Ready> attachments, List<StoredAnswer> answers) {
    public StoredTurn {
        attachments = List.copyOf(attachments);
        answers = List.copyOf(answers);
    }

    /** A question as the model reads it: what is attached first. */
    public static Prompt prompt(String question, List<Attachment.Ready> attachments) {
        List<PromptPart> parts = new ArrayList<>();
        attachments.forEach(a -> parts.addAll(a.parts()));
        if (!question.isEmpty()) {
            parts.add(new PromptPart.Text(question));
        }
        return new Prompt(parts);
    }

    /** As the model goes on from it: with the last answer that came to a word. */
    public Exchange exchange() {
        String said = answers.reversed().stream()
                .map(StoredAnswer::text)
                .filter(text -> !text.isEmpty())
                .findFirst()
                .orElse("");
        return new Exchange(prompt(question, attachments), said);
    }
}
