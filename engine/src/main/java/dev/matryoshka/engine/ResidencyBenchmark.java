package dev.matryoshka.engine;

import dev.matryoshka.engine.backend.MemoryLedger;
import dev.matryoshka.engine.config.KvPolicy;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.error.InvalidRequestException;
import dev.matryoshka.engine.generation.DecoderSession;
import dev.matryoshka.engine.sampling.Sampler;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Measures what a device keeps of a model, and changes of it: it grows from the resident maximum that the model was loaded with to another
 * and shrinks again, beside an answer and with nothing else to do. The answer is computed in the first maximum all the time.
 */
public final class ResidencyBenchmark {
    private final Gemma3n model;
    private final DecoderSession session;
    private final int prompt;
    private final Sampler greedy = new Sampler(new Sampler.Settings(0, 0, 1, 0, 1, 0));
    private int next;

    /**
     * What was measured.
     *
     * @param small the resident maximum that the model was loaded with
     * @param large the other one
     * @param plainTokensPerSecond of decoding in {@code small} while nothing moves
     * @param grownTokensPerSecond the same once {@code large} is there
     * @param firstBytes of weights on the device, as loaded
     * @param turns growing and shrinking beside an answer, then alone
     */
    public record Report(
            String small,
            String large,
            double plainTokensPerSecond,
            double grownTokensPerSecond,
            long firstBytes,
            List<Turn> turns) {}

    /**
     * One change.
     *
     * @param answering whether tokens were decoded meanwhile
     * @param milliseconds from the wish to the last layer
     * @param tokensPerSecond meanwhile; 0 for none
     * @param longestTokenMs the slowest of these tokens
     * @param bytes of weights on the device afterwards, by its ledger
     * @param processBytes of this process in memory afterwards; null where unknown
     */
    public record Turn(
            String to,
            boolean answering,
            double milliseconds,
            double tokensPerSecond,
            double longestTokenMs,
            long bytes,
            @Nullable Long processBytes) {}

    private ResidencyBenchmark(Gemma3n model, DecoderSession session, int prompt) {
        this.model = model;
        this.session = session;
        this.prompt = prompt;
    }

    /**
     * Runs it.
     *
     * @param large what it grows to
     * @param prompt tokens before the first one that is decoded
     * @param generate tokens to decode while nothing moves
     * @throws InvalidRequestException on the CPU; where the context is too short
     */
    public static Report run(Gemma3n model, MatFormerSlice large, int prompt, int generate) {
        if (model.memory().residency() == null) {
            throw new InvalidRequestException(
                    "the CPU maps the model's file and keeps no copy of it",
                    "choose a device with memory of its own (--device vulkan)");
        }
        if (prompt + generate >= model.contextLimit()) {
            throw new InvalidRequestException(
                    "prompt and answer make " + (prompt + generate + 1) + " tokens, the context holds "
                            + model.contextLimit(),
                    "allow more with --context, up to what the model was made for, or ask for less");
        }
        try (DecoderSession session = model.session(model.contextLimit())) {
            return new ResidencyBenchmark(model, session, prompt).measure(large, generate);
        }
    }

    private Report measure(MatFormerSlice large, int generate) {
        MatFormerSlice small =
                Objects.requireNonNull(model.memory().residency()).wanted();
        long first = weights();
        session.useSlice(small, KvPolicy.RECOMPUTE);
        begin();
        decode(generate); // that all kernels are there
        double plain = decode(generate);
        List<Turn> turns = new ArrayList<>();
        turns.add(move(large, true));
        double grown = decode(generate);
        turns.add(move(small, true));
        turns.add(move(large, false));
        turns.add(move(small, false));
        return new Report(small.name(), large.name(), plain, grown, first, turns);
    }

    private void begin() {
        session.truncate(0);
        session.tokens()
                .add(new SplittableRandom(1)
                        .ints(prompt, 0, model.textVocabulary())
                        .toArray());
        next = token();
    }

    /** Tokens a second. */
    private double decode(int count) {
        begin();
        long start = System.nanoTime();
        for (int i = 0; i < count; i++) {
            decode();
        }
        return count / ((System.nanoTime() - start) / 1e9);
    }

    private Turn move(MatFormerSlice to, boolean answering) {
        begin();
        long start = System.nanoTime();
        model.resident(to);
        int tokens = 0;
        double longest = 0;
        while (answering && Objects.requireNonNull(model.memory().residency()).moving()) {
            if (session.tokens().size() + 1 >= session.contextLimit()) {
                begin();
            }
            long before = System.nanoTime();
            decode();
            tokens++;
            longest = Math.max(longest, (System.nanoTime() - before) / 1e6);
        }
        model.placement().residency().await();
        double seconds = (System.nanoTime() - start) / 1e9;
        RuntimeException problem =
                Objects.requireNonNull(model.memory().residency()).problem();
        if (problem != null) {
            throw problem;
        }
        return new Turn(to.name(), answering, seconds * 1e3, tokens / seconds, longest, weights(), ProcessMemory.now());
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
}
