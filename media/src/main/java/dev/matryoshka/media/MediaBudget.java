package dev.matryoshka.media;

import dev.matryoshka.engine.ModelInfo;

/**
 * What of a long sound or a video a model can take.
 *
 * @param tokens of its context
 * @param imageTokens that a picture takes
 * @param audioTokens that a sound takes, however short; 0 where the model hears none
 * @param audioSeconds longest sound that it hears at once
 */
public record MediaBudget(int tokens, int imageTokens, int audioTokens, double audioSeconds) {
    /**
     * Half of the context that is left, so that there is room for words and an answer.
     *
     * @param used tokens of the context
     */
    public static MediaBudget of(ModelInfo model, double audioSeconds, int used) {
        return new MediaBudget(
                (model.contextLength() - used) / 2, model.imageTokens(), model.audioTokens(), audioSeconds);
    }

    /** The longest sound, in pieces, that takes up to a share of the tokens: at least what is heard at once. */
    public double soundSeconds(double share) {
        return Math.max(1, (int) (share * tokens / audioTokens)) * audioSeconds;
    }
}
