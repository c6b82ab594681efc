package dev.matryoshka.engine.sampling;

import dev.matryoshka.engine.error.ModelFormatException;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Logits to the next token: repetition penalty, temperature, top-k, top-p, min-p, then a draw, in the order of
 * transformers' logits processors. The same seed and logits give the same tokens.
 */
public final class Sampler {
    private final Settings settings;
    private final SplittableRandom random;

    /**
     * Settings, ranges checked by the caller.
     *
     * @param temperature 0 is greedy
     * @param topK 0 keeps all
     * @param topP 1 keeps all
     * @param minP 0 keeps all
     * @param repetitionPenalty 1 changes nothing
     * @param seed of the draws
     */
    public record Settings(float temperature, int topK, float topP, float minP, float repetitionPenalty, long seed) {}

    public Sampler(Settings settings) {
        this.settings = settings;
        random = new SplittableRandom(settings.seed());
    }

    /**
     * Chooses a token.
     *
     * @param scores of every token
     * @param seen tokens so far, for the repetition penalty
     */
    public int next(Scores scores, int[] seen) {
        boolean greedy = settings.temperature() == 0;
        boolean few = settings.repetitionPenalty() == 1 && (greedy || settings.topK() > 0);
        Scores.Largest found = few ? scores.largest(greedy ? 1 : settings.topK()) : penalised(scores.all(), seen);
        int best = argmax(found.logits());
        if (greedy) {
            return found.ids()[best];
        }
        Candidates candidates = Candidates.of(found.logits(), settings.topK(), settings.temperature());
        candidates.keepTopP(settings.topP());
        candidates.keepMinP(settings.minP());
        return found.ids()[candidates.draw(random.nextDouble())];
    }

    /** {@code RepetitionPenaltyLogitsProcessor}: each token seen counts once. */
    private Scores.Largest penalised(float[] logits, int[] seen) {
        float penalty = settings.repetitionPenalty();
        if (penalty != 1) {
            Arrays.stream(seen)
                    .distinct()
                    .filter(id -> id < logits.length)
                    .forEach(id -> logits[id] = logits[id] < 0 ? logits[id] * penalty : logits[id] / penalty);
        }
        return new Scores.Largest(IntStream.range(0, logits.length).toArray(), logits);
    }

    /** The first of the likeliest tokens. */
    private static int argmax(float[] logits) {
        int best = 0;
        for (int i = 0; i < logits.length; i++) {
            if (Float.isNaN(logits[i])) {
                throw new ModelFormatException(
                        "the model computed values that are not numbers",
                        "its weights are damaged: fetch the model again and compare the checksums");
            }
            if (logits[i] > logits[best]) {
                best = i;
            }
        }
        return best;
    }
}
