package dev.matryoshka.ui.history;

import dev.matryoshka.engine.Answer;
import org.jspecify.annotations.Nullable;

/**
 * An answer as the history keeps it.
 *
 * @param asked name of the size that was asked
 * @param text what was said
 * @param made what made it; null where it was left before it ended
 */
public record StoredAnswer(
        String asked, String text, @Nullable Made made) {
    /**
     * What made an answer.
     *
     * @param answer figures, sampler and slices
     * @param model id of the model
     * @param type its stored type
     * @param device what computed
     * @param contextUsed tokens in the conversation after it
     */
    public record Made(Answer answer, String model, String type, String device, int contextUsed) {}
}
