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
        return draw(candidates(scores, seen));
    }

    /** Goes on behind tokens that were chosen by {@link #next} before, as if this sampler had drawn them. */
    public void skip(int tokens) {
        for (int i = 0; i < tokens && !greedy(); i++) {
            random.nextDouble();
        }
    }

    /** Chooses a token as {@link #next} does and remembers what with, for {@link #verify}. */
    public Draft draft(Scores scores, int[] seen) {
        Candidates from = candidates(scores, seen);
        return new Draft(draw(from), from);
    }

    /**
     * Speculative sampling (Leviathan, Kalman and Matias, "Fast Inference from Transformers via Speculative Decoding", 2023):
     * a token drafted with q is accepted with probability {@code min(1, p / q)}, else one is drawn from {@code norm(max(0, p -
     * q))}. What comes out is distributed as {@link #next} would have it, whatever q was.
     *
     * @param scores of every token, from the model that is to be sampled; they make p
     * @param seen tokens before the draft
     * @return the drafted token exactly if it is accepted
     */
    public int verify(Draft draft, Scores scores, int[] seen) {
        Candidates p = candidates(scores, seen);
        if (greedy()) {
            return draw(p);
        }
        double ratio = p.probability(draft.id()) / draft.from().probability(draft.id());
        return random.nextDouble() < ratio ? draft.id() : draw(p.minus(draft.from()));
    }

    private boolean greedy() {
        return settings.temperature() == 0;
    }

    private int draw(Candidates candidates) {
        return candidates.draw(greedy() ? 0 : random.nextDouble());
    }

    private Candidates candidates(Scores scores, int[] seen) {
        boolean few = settings.repetitionPenalty() == 1 && (greedy() || settings.topK() > 0);
        Scores.Largest found = few ? scores.largest(greedy() ? 1 : settings.topK()) : penalised(scores.all(), seen);
        int best = argmax(found.logits());
        if (greedy()) {
            return Candidates.only(found.ids()[best]);
        }
        Candidates candidates = Candidates.of(found, settings.topK(), settings.temperature());
        candidates.keepTopP(settings.topP());
        candidates.keepMinP(settings.minP());
        return candidates;
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
