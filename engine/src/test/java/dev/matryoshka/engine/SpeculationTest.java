package dev.matryoshka.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.config.TextConfig;
import dev.matryoshka.engine.error.InvalidRequestException;
import dev.matryoshka.engine.generation.DecoderSession;
import dev.matryoshka.engine.generation.DecoderSession.Choice;
import dev.matryoshka.engine.generation.DraftLength;
import dev.matryoshka.engine.generation.Logits;
import dev.matryoshka.engine.generation.SpeculativePass;
import dev.matryoshka.engine.sampling.Sampler;
import dev.matryoshka.engine.support.Golden;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Speculative sampling, and what is measured of it. */
class SpeculationTest {
    private final Gemma3n gemma = Gemma3n.load(Golden.path("tiny-text"), LoadOptions.named("tiny"));
    private final TextConfig config = gemma.config().text();
    private final MatFormerSlice half = MatFormerSlice.uniform("half", config, 0.5);

    @AfterEach
    void close() {
        gemma.close();
    }

    /** Pearson's test of the second token's frequencies, drafted by another slice, against those drawn one by one. */
    @Test
    void sampledTokensKeepTheirDistribution() {
        int runs = 3000;
        int[] plain = new int[config.vocabSize()];
        int[] drafted = new int[config.vocabSize()];
        try (DecoderSession session = begun()) {
            int start = session.tokens().size();
            for (int run = 0; run < runs; run++) {
                session.truncate(start - 1); // the last token is to be computed again
                session.tokens().add(42);
                assertNotNull(session.speculate(
                        half,
                        1,
                        new Choice(
                                sampler(1.5f, run),
                                () -> new int[0],
                                id -> {
                                    session.tokens().add(id);
                                    return true;
                                },
                                () -> false)));
                drafted[session.tokens().ids(start, start + 1)[0]]++;
            }
            session.truncate(start - 1);
            session.tokens().add(42);
            Logits logits = advance(session);
            for (int run = 0; run < runs; run++) {
                plain[sampler(1.5f, 1_000_000 + run).next(logits, new int[0])]++;
            }
        }
        int[] common = IntStream.range(0, plain.length)
                .filter(id -> plain[id] + drafted[id] >= 20)
                .toArray();
        double statistic = IntStream.of(common)
                .mapToDouble(id -> Math.pow(plain[id] - drafted[id], 2) / (plain[id] + drafted[id]))
                .sum();
        double bound = common.length + 4 * Math.sqrt(2.0 * common.length); // four deviations
        assertTrue(common.length > 5, common.length + " tokens are common");
        assertTrue(statistic < bound, statistic + " is over " + bound);
    }

    @Test
    void draftsGrowWhereTheyAreRightAndShrinkWhereNot() {
        DraftLength length = new DraftLength();
        int first = length.next();
        length.after(new SpeculativePass(first, first - 1, 0, 0));
        assertEquals(first - 1, length.next());
        for (int i = 0; i < 5; i++) {
            length.after(new SpeculativePass(length.next(), length.next(), 0, 0));
        }
        assertEquals(8, length.next());
        for (int i = 0; i < 10; i++) {
            length.after(new SpeculativePass(length.next(), 0, 0, 0));
        }
        assertEquals(1, length.next());
    }

    @Test
    void costsAreMeasured() {
        List<SpeculationBenchmark.Length> lengths = SpeculationBenchmark.run(gemma, half, 8, 2);
        assertEquals(
                List.of(1, 2, 4, 8),
                lengths.stream().map(SpeculationBenchmark.Length::count).toList());
        lengths.forEach(l -> assertTrue(l.plainMs() > 0 && l.draftMs() > 0 && l.verifyMs() > 0, l.toString()));
        MatFormerSlice whole = MatFormerSlice.whole(config);
        assertThrows(InvalidRequestException.class, () -> SpeculationBenchmark.run(gemma, whole, 8, 1));
    }

    /** A prompt whose last token is yet to be computed. */
    private DecoderSession begun() {
        DecoderSession session = gemma.session(64);
        session.tokens().add(IntStream.range(0, 11).map(i -> 3 + i * 29 % 380).toArray());
        advance(session);
        session.tokens().add(42);
        return session;
    }

    private static Logits advance(DecoderSession session) {
        return Objects.requireNonNull(session.advance(() -> false, (done, total) -> {}));
    }

    private static Sampler sampler(float temperature, long seed) {
        return new Sampler(new Sampler.Settings(temperature, 0, 1, 0, 1, seed));
    }
}
