package dev.matryoshka.engine;

import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.error.InvalidRequestException;
import dev.matryoshka.engine.generation.DecoderSession;
import dev.matryoshka.engine.generation.DecoderSession.Choice;
import dev.matryoshka.engine.generation.Logits;
import dev.matryoshka.engine.generation.SpeculativePass;
import dev.matryoshka.engine.sampling.Sampler;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;

/**
 * Measures what speculative decoding costs: drafting a token, checking several in one step, against a token decoded alone, in
 * turn in one session. What it gains depends on how often drafts are right, which takes real weights and real text.
 */
public final class SpeculationBenchmark {
    private static final List<Integer> COUNTS = List.of(1, 2, 4, 8);

    private final DecoderSession session;
    private final MatFormerSlice draft;
    private final Sampler greedy = new Sampler(new Sampler.Settings(0, 0, 1, 0, 1, 0));

    /**
     * Drafts of one length; times are medians.
     *
     * @param count tokens drafted for a step
     * @param plainMs a token decoded alone
     * @param draftMs drafting one
     * @param verifyMs the step that checks all of them, choice included
     * @param accepted share of the drafts
     */
    public record Length(int count, double plainMs, double draftMs, double verifyMs, double accepted) {
        /** How much faster it would be if every draft were right; below 1 it can't pay. */
        public double most() {
            return (count + 1) * plainMs / (count * draftMs + verifyMs);
        }
    }

    private SpeculationBenchmark(DecoderSession session, MatFormerSlice draft) {
        this.session = session;
        this.draft = draft;
    }

    /**
     * Runs it.
     *
     * @param prompt tokens before, pseudo-random
     * @param runs passes of each length, after one that does not count
     * @throws InvalidRequestException the slice can't draft, or the context is too short
     */
    public static List<Length> run(Gemma3n model, MatFormerSlice draft, int prompt, int runs) {
        int most = COUNTS.getLast() + 2;
        long tokens = prompt + (long) COUNTS.size() * (runs + 1) * most;
        if (tokens > model.contextLimit()) {
            throw new InvalidRequestException(
                    "prompt and answer make up to " + tokens + " tokens, the context holds " + model.contextLimit(),
                    "allow more with --context, up to what the model was made for, or ask for less");
        }
        try (DecoderSession session = model.session(model.contextLimit())) {
            session.tokens()
                    .add(new SplittableRandom(1)
                            .ints(prompt, 0, model.textVocabulary())
                            .toArray());
            return new SpeculationBenchmark(session, draft).measure(runs);
        }
    }

    private List<Length> measure(int runs) {
        token();
        if (session.room(draft) == 0) {
            throw new InvalidRequestException(
                    "the slice " + draft.name() + " can't draft for "
                            + session.slice().name(),
                    "name one that is smaller and reads the same keys and values");
        }
        List<Length> lengths = new ArrayList<>();
        for (int count : COUNTS) {
            token();
            pass(count);
            List<Double> plain = new ArrayList<>();
            List<SpeculativePass> passes = new ArrayList<>();
            for (int i = 0; i < runs; i++) {
                long start = System.nanoTime();
                token();
                plain.add((System.nanoTime() - start) / 1e6);
                passes.add(pass(count));
            }
            lengths.add(new Length(
                    count,
                    median(plain),
                    median(passes.stream()
                            .map(p -> 1e3 * p.draftSeconds() / p.drafted())
                            .toList()),
                    median(passes.stream().map(p -> 1e3 * p.verifySeconds()).toList()),
                    passes.stream().mapToDouble(SpeculativePass::accepted).sum() / (count * (double) runs)));
        }
        return lengths;
    }

    private void token() {
        Logits logits = Objects.requireNonNull(session.advance(() -> false, (done, total) -> {}));
        session.tokens().add(greedy.next(logits, new int[0]));
    }

    private SpeculativePass pass(int count) {
        Choice choice = new Choice(
                greedy,
                () -> new int[0],
                id -> {
                    session.tokens().add(id);
                    return true;
                },
                () -> false);
        return Objects.requireNonNull(session.speculate(draft, Math.min(count, session.room(draft)), choice));
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        return (sorted.get((sorted.size() - 1) / 2) + sorted.get(sorted.size() / 2)) / 2;
    }
}
