package dev.matryoshka.ui.history;

import dev.matryoshka.engine.Prompt;
import dev.matryoshka.engine.PromptPart;
import dev.matryoshka.ui.attachment.Attachment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A question and its answers.
 *
 * @param id its number in the history
 * @param after the turn it follows, {@link History#FIRST} where it follows none
 * @param question may be empty beside attachments
 * @param kept which of the attachments, from 0, the model shall go on to see or hear
 * @param answers one; two where sizes were compared, the chat went on from the last; none where it never came to one
 */
public record StoredTurn(
        long id,
        long after,
        String question,
        List<Attachment.Ready> attachments,
        Set<Integer> kept,
        List<StoredAnswer> answers) {
    public StoredTurn {
        attachments = List.copyOf(attachments);
        kept = Set.copyOf(kept);
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

    /** Of versions of a turn the latest, and what follows it. */
    public static List<StoredTurn> latest(List<StoredTurn> turns) {
        Map<Long, StoredTurn> follows = new HashMap<>();
        turns.forEach(turn -> follows.put(turn.after(), turn));
        List<StoredTurn> path = new ArrayList<>();
        for (StoredTurn turn = follows.get(History.FIRST); turn != null; turn = follows.get(turn.id())) {
            path.add(turn);
        }
        return path;
    }
}
