package dev.matryoshka.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.engine.config.KvPolicy;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.config.TextConfig;
import dev.matryoshka.engine.generation.DecoderSession;
import dev.matryoshka.engine.generation.DecoderSession.Choice;
import dev.matryoshka.engine.generation.Logits;
import dev.matryoshka.engine.generation.SpeculativePass;
import dev.matryoshka.engine.sampling.Sampler;
import dev.matryoshka.engine.support.Golden;
import dev.matryoshka.engine.support.TestDevice;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Drafted tokens against tokens decoded one by one, over many times the window of local layers. */
class SpeculationReferenceTest {
    private static final int TOKENS = 64;
    private static final int CONTEXT = 256;

    private final Gemma3n gemma = Gemma3n.load(Golden.path("tiny-text"), TestDevice.options("tiny"));
    private final TextConfig config = gemma.config().text();
    private final MatFormerSlice half = MatFormerSlice.uniform("half", config, 0.5);
    private final MatFormerSlice skipping = new MatFormerSlice(
            "skip-6-7", Set.of(6, 7), MatFormerSlice.whole(config).ffn());

    @AfterEach
    void close() {
        gemma.close();
    }

    @Test
    void greedyTokensAreTheSameWhateverIsDrafted() {
        int[] expected = plain();
        for (MatFormerSlice draft : List.of(half, skipping)) {
            for (int count : List.of(2, 8)) {
                try (DecoderSession session = begun()) {
                    int drafted = 0;
                    int accepted = 0;
                    Sampler greedy = sampler(0, 0);
                    while (session.tokens().size() < TOKENS) {
                        SpeculativePass pass = Objects.requireNonNull(session.speculate(
                                draft,
                                Math.min(count, session.room(draft)),
                                new Choice(greedy, () -> new int[0], taking(session, TOKENS), () -> false)));
                        drafted += pass.drafted();
                        accepted += pass.accepted();
                        boolean ended = session.tokens().size() == TOKENS; // perhaps by a draft, which is computed
                        assertTrue(
                                ended || session.computed() == session.tokens().size() - 1, "one is to be computed");
                        assertTrue(!session.approximate(), "by the slice at work");
                    }
                    String what = draft.name() + ", " + count + " at a time, accepted " + accepted + " of " + drafted;
                    assertArrayEquals(expected, session.tokens().ids(0, TOKENS), what);
                    assertTrue(accepted > 0 && accepted < drafted, what);
                }
            }
        }
    }

    /** Rings of local layers hold what drafts wrote over: what is left must do for going on, and for going back. */
    @Test
    void afterAPassTheSessionGoesOnAndBack() {
        int[] expected = plain();
        try (DecoderSession session = begun()) {
            Sampler greedy = sampler(0, 0);
            while (session.tokens().size() < TOKENS) {
                if (session.tokens().size() % 3 == 0) {
                    session.tokens().add(greedy.next(advance(session), new int[0]));
                } else {
                    pass(session, half, greedy);
                }
            }
            session.truncate(TOKENS - 30);
            while (session.tokens().size() < TOKENS) {
                session.tokens().add(greedy.next(advance(session), new int[0]));
            }
            assertArrayEquals(expected, session.tokens().ids(0, TOKENS));
        }
    }

    @Test
    void aStopBeforeTheFirstTokenChangesNothing() {
        try (DecoderSession session = begun()) {
            int size = session.tokens().size();
            assertNull(session.speculate(
                    half, 4, new Choice(sampler(0, 0), () -> new int[0], taking(session, TOKENS), () -> true)));
            assertEquals(size, session.tokens().size());
            assertEquals(size - 1, session.computed());
        }
    }

    @Test
    void anotherSliceEndsTheDraftsOfTheOneBefore() {
        try (DecoderSession session = begun()) {
            pass(session, half, sampler(0, 0));
            session.useSlice(half, KvPolicy.KEEP);
            assertEquals(0, session.room(half), "nothing drafts for itself");
            assertEquals(0, session.room(MatFormerSlice.whole(config)), "nothing larger drafts");
            advance(session);
        }
    }

    private void pass(DecoderSession session, MatFormerSlice draft, Sampler sampler) {
        Choice choice = new Choice(sampler, () -> new int[0], taking(session, TOKENS), () -> false);
        assertNotNull(session.speculate(draft, Math.min(5, session.room(draft)), choice));
    }

    private static IntPredicate taking(DecoderSession session, int most) {
        return id -> {
            session.tokens().add(id);
            return session.tokens().size() < most;
        };
    }

    private int[] plain() {
        try (DecoderSession session = begun()) {
            Sampler greedy = sampler(0, 0);
            while (session.tokens().size() < TOKENS) {
                session.tokens().add(greedy.next(advance(session), new int[0]));
            }
            return session.tokens().ids(0, TOKENS);
        }
    }

    /** A prompt whose last token is yet to be computed. */
    private DecoderSession begun() {
        DecoderSession session = gemma.session(CONTEXT);
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
