package dev.matryoshka.engine;

import dev.matryoshka.engine.config.KvPolicy;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.error.InvalidRequestException;
import dev.matryoshka.engine.generation.DecoderSession;
import dev.matryoshka.engine.generation.ElasticController;
import dev.matryoshka.engine.generation.Logits;
import dev.matryoshka.engine.sampling.Sampler;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Measures whether elastic decoding keeps its target, alone and beside threads that want the processors and memory too,
 * and what the fixed size reaches in the same moments: both decode the same number of tokens in turn.
 */
public final class ElasticBenchmark {
    /** Larger than caches are. */
    private static final int LOAD_LONGS = 8 << 20;

    private final Gemma3n model;
    private final Elastic.Speed target;
    private final int prompt;
    private final int generate;

    /**
     * One situation.
     *
     * @param competingThreads threads that read memory all the time
     * @param fixedTokensPerSecond of the widest slice
     * @param elasticTokensPerSecond of elastic decoding
     * @param settledTokensPerSecond the same in the second half of the tokens
     * @param slices what elastic decoding used, in order
     */
    public record Phase(
            int competingThreads,
            double fixedTokensPerSecond,
            double elasticTokensPerSecond,
            double settledTokensPerSecond,
            List<Answer.SliceUse> slices) {}

    private ElasticBenchmark(Gemma3n model, Elastic.Speed target, int prompt, int generate) {
        this.model = model;
        this.target = target;
        this.prompt = prompt;
        this.generate = generate;
    }

    /**
     * Runs it: alone, beside as many threads as there are processors, alone again.
     *
     * @param prompt tokens before the first one that is decoded
     * @param generate tokens to decode each time
     */
    public static List<Phase> run(Gemma3n model, Elastic.Speed target, int prompt, int generate) {
        long tokens = (long) prompt + generate + 1;
        if (tokens > model.contextLimit()) {
            throw new InvalidRequestException(
                    "prompt and answer make " + tokens + " tokens, the context holds " + model.contextLimit(),
                    "allow more with --context, up to what the model was made for, or ask for less");
        }
        ElasticBenchmark benchmark = new ElasticBenchmark(model, target, prompt, generate);
        try (DecoderSession session = model.session(model.contextLimit())) {
            benchmark.decode(session, null, new ArrayList<>()); // for the JIT and the page cache
            int processors = Runtime.getRuntime().availableProcessors();
            return List.of(
                    benchmark.phase(session, 0), benchmark.phase(session, processors), benchmark.phase(session, 0));
        }
    }

    private Phase phase(DecoderSession session, int threads) {
        AtomicBoolean over = new AtomicBoolean();
        List<Thread> load = LongStream.range(0, threads)
                .mapToObj(i -> Thread.ofPlatform().daemon().start(() -> read(over)))
                .toList();
        try {
            List<Answer.SliceUse> slices = new ArrayList<>();
            double[] fixed = decode(session, null, new ArrayList<>());
            double[] elastic =
                    decode(session, session.elastic(model.slice(), target.tokensPerSecond(), target.exact()), slices);
            return new Phase(
                    threads,
                    perSecond(fixed, 0),
                    perSecond(elastic, 0),
                    perSecond(elastic, generate / 2),
                    List.copyOf(slices));
        } finally {
            over.set(true);
            load.forEach(ElasticBenchmark::join);
        }
    }

    /** Seconds of each token. */
    private double[] decode(
            DecoderSession session, @Nullable ElasticController controller, List<Answer.SliceUse> slices) {
        Sampler greedy = new Sampler(new Sampler.Settings(0, 0, 1, 0, 1, 0));
        session.truncate(0);
        session.useSlice(model.slice(), KvPolicy.RECOMPUTE);
        session.tokens()
                .add(new SplittableRandom(1)
                        .ints(prompt, 0, model.textVocabulary())
                        .toArray());
        int next = greedy.next(advance(session), new int[0]);
        slices.add(new Answer.SliceUse(session.slice(), 0, false));
        double[] seconds = new double[generate];
        for (int i = 0; i < generate; i++) {
            long start = System.nanoTime();
            session.tokens().add(next);
            next = greedy.next(advance(session), new int[0]);
            MatFormerSlice better =
                    controller == null ? null : controller.afterToken((System.nanoTime() - start) / 1e9);
            if (better != null) {
                session.useSlice(better, KvPolicy.KEEP);
                slices.add(new Answer.SliceUse(better, i + 1, session.approximate()));
            }
            seconds[i] = (System.nanoTime() - start) / 1e9; // a change counts
        }
        return seconds;
    }

    private static Logits advance(DecoderSession session) {
        return Objects.requireNonNull(session.advance(() -> false, (done, total) -> {}));
    }

    private static double perSecond(double[] seconds, int from) {
        double sum = 0;
        for (int i = from; i < seconds.length; i++) {
            sum += seconds[i];
        }
        return (seconds.length - from) / sum;
    }

    private static void read(AtomicBoolean over) {
        long[] memory = new long[LOAD_LONGS];
        long sum = 0;
        while (!over.get()) {
            for (int i = 0; i < memory.length; i += 8) {
                sum += memory[i];
            }
            memory[0] = sum; // that the loop stays
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
