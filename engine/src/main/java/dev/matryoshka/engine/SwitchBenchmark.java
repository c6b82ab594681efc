package dev.matryoshka.engine;

import dev.matryoshka.engine.backend.MemoryLedger;
import dev.matryoshka.engine.config.KvPolicy;
import dev.matryoshka.engine.config.KvReuse;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.error.InvalidRequestException;
import dev.matryoshka.engine.generation.DecoderSession;
import dev.matryoshka.engine.sampling.Sampler;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Measures changes between two slices in the middle of an answer, there and back. */
public final class SwitchBenchmark {
    /** Tokens decoded after a change before the next one. */
    private static final int BETWEEN = 3;

    private final Gemma3n model;
    private final DecoderSession session;
    private final int prompt;
    private final Sampler greedy = new Sampler(new Sampler.Settings(0, 0, 1, 0, 1, 0));
    private int next;

    /**
     * One direction; times are medians.
     *
     * @param kv what the keys and values of {@code from} are to {@code to}; exact and approximate ones were kept
     * @param switchMs from the wish to the point where the next token can be computed
     * @param firstTokenMs the token after that
     * @param tokenMs tokens after it
     * @param uploadedBytes weights that went to the device meanwhile, in all runs
     * @param again what it costs to have exact keys and values instead, measured once; null where they are exact
     */
    public record Direction(
            String from,
            String to,
            KvReuse kv,
            double switchMs,
            double firstTokenMs,
            double tokenMs,
            long uploadedBytes,
            @Nullable Again again) {}

    /**
     * Keys and values computed again.
     *
     * @param firstTokenMs the first token, which waits for them
     * @param backgroundTokens tokens of the slice before while they are computed beside the answer
     * @param backgroundTokenMs one of these, the median
     */
    public record Again(double firstTokenMs, int backgroundTokens, double backgroundTokenMs) {}

    /** What was measured in one direction. */
    private static final class Times {
        final List<Double> change = new ArrayList<>();
        final List<Double> first = new ArrayList<>();
        final List<Double> others = new ArrayList<>();
        long uploaded;
    }

    private SwitchBenchmark(Gemma3n model, DecoderSession session, int prompt) {
        this.model = model;
        this.session = session;
        this.prompt = prompt;
    }

    /**
     * Runs it.
     *
     * @param prompt tokens before the first change
     * @param runs changes in each direction, after one that does not count
     */
    public static List<Direction> run(Gemma3n model, MatFormerSlice a, MatFormerSlice b, int prompt, int runs) {
        long tokens = prompt + Math.max(2L * (runs + 1) * (BETWEEN + 1), prompt / 4) + 1; // catching up takes fewer
        if (tokens > model.contextLimit()) {
            throw new InvalidRequestException(
                    "prompt and answer make " + tokens + " tokens, the context holds " + model.contextLimit(),
                    "allow more with --context, up to what the model was made for, or ask for less");
        }
        try (DecoderSession session = model.session(model.contextLimit())) {
            return new SwitchBenchmark(model, session, prompt).measure(a, b, runs);
        }
    }

    private List<Direction> measure(MatFormerSlice a, MatFormerSlice b, int runs) {
        begin(b); // that all kernels are there
        begin(a);
        change(b, new Times());
        change(a, new Times());
        Times there = new Times();
        Times back = new Times();
        for (int i = 0; i < runs; i++) {
            change(b, there);
            change(a, back);
        }
        return List.of(direction(a, b, there), direction(b, a, back));
    }

    private void begin(MatFormerSlice slice) {
        session.truncate(0);
        session.useSlice(slice, KvPolicy.RECOMPUTE);
        session.tokens()
                .add(new SplittableRandom(1)
                        .ints(prompt, 0, model.textVocabulary())
                        .toArray());
        next = token();
    }

    private void change(MatFormerSlice to, Times times) {
        long before = weights();
        times.change.add(milliseconds(() -> session.useSlice(to, KvPolicy.KEEP)));
        times.first.add(milliseconds(this::decode));
        times.uploaded += weights() - before;
        for (int i = 0; i < BETWEEN; i++) {
            times.others.add(milliseconds(this::decode));
        }
    }

    private Direction direction(MatFormerSlice from, MatFormerSlice to, Times times) {
        KvReuse kv = to.reuse(from, model.config().text());
        return new Direction(
                from.name(),
                to.name(),
                kv,
                median(times.change),
                median(times.first),
                median(times.others),
                times.uploaded,
                kv == KvReuse.EXACT ? null : again(from, to));
    }

    private Again again(MatFormerSlice from, MatFormerSlice to) {
        begin(from);
        session.useSlice(to, KvPolicy.RECOMPUTE);
        double first = milliseconds(this::decode);
        begin(from);
        session.useSlice(to, KvPolicy.BACKGROUND);
        List<Double> others = new ArrayList<>();
        while (!session.slice().equals(to)) {
            others.add(milliseconds(this::decode));
        }
        return new Again(first, others.size(), median(others));
    }

    private long weights() {
        return Objects.requireNonNull(model.backend().memory().get(MemoryLedger.WEIGHTS));
    }

    private void decode() {
        session.tokens().add(next);
        next = token();
    }

    private int token() {
        return greedy.next(Objects.requireNonNull(session.advance(() -> false, (done, total) -> {})), new int[0]);
    }

    private static double milliseconds(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return (System.nanoTime() - start) / 1e6;
    }

    /** Of an even number the mean of the two in the middle. */
    private static double median(List<Double> values) {
        double[] sorted = values.stream().mapToDouble(v -> v).sorted().toArray();
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }
}
