package dev.matryoshka.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.engine.config.KvPolicy;
import dev.matryoshka.engine.config.KvReuse;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.config.TextConfig;
import dev.matryoshka.engine.error.InvalidSliceException;
import dev.matryoshka.engine.generation.DecoderSession;
import dev.matryoshka.engine.support.Golden;
import dev.matryoshka.engine.support.TestDevice;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A change of slice between two tokens, against sessions that had the slice from the start. */
class SliceSwitchReferenceTest {
    private static final float TINY = 2e-3f;
    private static final int CONTEXT = 256;

    /** Longer than the window of local layers; the last ones are decoded one by one. */
    private static final int[] IDS =
            IntStream.range(0, 40).map(i -> 3 + i * 29 % 380).toArray();

    private static final int PROMPT = 28;
    private static final int SWITCH = 34;

    private final Gemma3n gemma = Gemma3n.load(Golden.path("tiny-text"), TestDevice.options("tiny"));
    private final TextConfig config = gemma.config().text();

    /** Of ten layers five have keys and values, of which 3 and 4 feed the others. */
    private final List<MatFormerSlice> slices = List.of(
            MatFormerSlice.whole(config),
            MatFormerSlice.uniform("half", config, 0.5),
            slice("narrow-from-4", Set.of(), 4, 10),
            slice("skip-6-7", Set.of(6, 7), 10, 10),
            slice("half-skip-5-8", Set.of(5, 8), 0, 10),
            slice("skip-1", Set.of(1), 6, 8));

    private static MatFormerSlice slice(String name, Set<Integer> skip, int narrowFrom, int narrowTo) {
        List<Integer> ffn = new ArrayList<>(Collections.nCopies(10, 128));
        Collections.fill(ffn.subList(narrowFrom, narrowTo), 64);
        return new MatFormerSlice(name, skip, ffn);
    }

    @AfterEach
    void close() {
        gemma.close();
    }

    @Test
    void everyPairEndsWhereTheSecondAloneEnds() {
        Map<MatFormerSlice, List<float[]>> alone = new LinkedHashMap<>();
        slices.forEach(slice -> alone.put(slice, logits(slice, slice, KvPolicy.RECOMPUTE)));
        for (MatFormerSlice from : slices) {
            for (MatFormerSlice to : slices) {
                String pair = from.name() + " to " + to.name();
                List<float[]> expected = Objects.requireNonNull(alone.get(to));
                try (DecoderSession session = begun(from)) {
                    session.useSlice(to, KvPolicy.RECOMPUTE);
                    boolean exact = to.reuse(from, config) == KvReuse.EXACT;
                    assertEquals(exact ? SWITCH : 0, session.computed(), pair);
                    assertClose(pair, expected, rest(session));
                }
            }
        }
    }

    private static void assertClose(String what, List<float[]> expected, List<float[]> actual) {
        for (int i = 0; i < expected.size(); i++) {
            Golden.assertClose(what + ", token " + i, expected.get(i), actual.get(i), TINY);
        }
    }

    private static float distance(float[] a, float[] b) {
        float most = 0;
        for (int i = 0; i < a.length; i++) {
            most = Math.max(most, Math.abs(a[i] - b[i]));
        }
        return most;
    }

    /** Logits after each token that follows the change. */
    private List<float[]> logits(MatFormerSlice from, MatFormerSlice to, KvPolicy policy) {
        try (DecoderSession session = begun(from)) {
            session.useSlice(to, policy);
            return rest(session);
        }
    }

    private DecoderSession begun(MatFormerSlice slice) {
        DecoderSession session = gemma.session(CONTEXT);
        session.useSlice(slice, KvPolicy.RECOMPUTE);
        session.tokens().add(Arrays.copyOf(IDS, PROMPT));
        advance(session);
        for (int i = PROMPT; i < SWITCH; i++) {
            session.tokens().add(IDS[i]);
            advance(session);
        }
        return session;
    }

    private static List<float[]> rest(DecoderSession session) {
        List<float[]> all = new ArrayList<>();
        for (int i = SWITCH; i < IDS.length; i++) {
            session.tokens().add(IDS[i]);
            all.add(advance(session));
        }
        return all;
    }

    private static float[] advance(DecoderSession session) {
        return Objects.requireNonNull(session.advance(() -> false, (done, total) -> {}))
                .all();
    }

    @Test
    void keptKeysAndValuesAreNearAndSaidToBeApproximate() {
        MatFormerSlice whole = slices.get(0);
        MatFormerSlice half = slices.get(1);
        List<float[]> exact = logits(half, half, KvPolicy.KEEP);
        try (DecoderSession session = begun(whole)) {
            assertFalse(session.approximate());
            session.useSlice(half, KvPolicy.KEEP);
            assertTrue(session.approximate());
            assertEquals(SWITCH, session.computed());
            List<float[]> kept = rest(session);
            float off = distance(exact.getFirst(), kept.getFirst());
            assertTrue(off > 2 * TINY && off < 3, "off by " + off);
            assertTrue(session.approximate());

            session.useSlice(whole, KvPolicy.KEEP); // exact again up to the tokens of the half
            assertTrue(session.approximate());
            session.useSlice(whole, KvPolicy.RECOMPUTE);
            assertEquals(SWITCH, session.computed());
            assertFalse(session.approximate());
        }
    }

    @Test
    void missingLayersAreComputedWhateverThePolicy() {
        try (DecoderSession session = begun(slices.get(5))) {
            session.useSlice(slices.get(0), KvPolicy.KEEP);
            assertEquals(0, session.computed());
            assertFalse(session.approximate());
        }
    }

    @Test
    void inTheBackgroundTheSliceBeforeGoesOnUntilTheNextHasCaughtUp() {
        MatFormerSlice whole = slices.get(0);
        MatFormerSlice half = slices.get(1);
        List<float[]> before = logits(half, half, KvPolicy.RECOMPUTE);
        List<float[]> after = logits(whole, whole, KvPolicy.RECOMPUTE);
        try (DecoderSession session = begun(half)) {
            long kv = kvBytes();
            session.useSlice(whole, KvPolicy.BACKGROUND);
            assertEquals(2 * kv, kvBytes());
            int changed = -1;
            for (int i = 0; i < IDS.length - SWITCH; i++) {
                boolean still = session.slice().equals(half);
                changed = still || changed >= 0 ? changed : i;
                session.tokens().add(IDS[SWITCH + i]);
                float[] logits = advance(session);
                Golden.assertClose("token " + i, still ? before.get(i) : after.get(i), logits, TINY);
            }
            assertEquals(1, changed); // one step is long enough for all
            assertEquals(kv, kvBytes());
        }
    }

    private long kvBytes() {
        return Objects.requireNonNull(gemma.backend().memory().get("kv"));
    }

    @Test
    void nothingIsLoaded() {
        Long weights = gemma.backend().memory().get("weights");
        try (DecoderSession session = begun(slices.get(0))) {
            for (MatFormerSlice slice : slices) {
                session.useSlice(slice, KvPolicy.KEEP);
                advance(session);
                assertEquals(weights, gemma.backend().memory().get("weights"));
            }
        }
    }

    @Test
    void impossibleSlicesChangeNothing() {
        try (DecoderSession session = begun(slices.get(0))) {
            MatFormerSlice feeds = slice("skip-4", Set.of(4), 0, 0);
            InvalidSliceException e =
                    assertThrows(InvalidSliceException.class, () -> session.useSlice(feeds, KvPolicy.KEEP));
            assertTrue(e.problem().contains("skip layer 4"), e.problem());
            assertEquals(slices.get(0), session.slice());
            assertEquals(SWITCH, session.computed());
        }
    }
}
