package dev.matryoshka.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.engine.config.KvPolicy;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.config.TextConfig;
import dev.matryoshka.engine.error.InvalidRequestException;
import dev.matryoshka.engine.error.InvalidSliceException;
import dev.matryoshka.engine.generation.DecoderSession;
import dev.matryoshka.engine.support.Golden;
import dev.matryoshka.engine.support.TestDevice;
import dev.matryoshka.engine.weights.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A device that keeps a part of the decoder, against one that keeps all of it: not a bit of a logit differs. */
class ResidencyReferenceTest {
    private static final int CONTEXT = 256;
    private static final int PROMPT = 28;
    private static final int[] IDS =
            IntStream.range(0, 36).map(i -> 3 + i * 29 % 380).toArray();

    private static MatFormerSlice half(TextConfig config) {
        return MatFormerSlice.uniform("half", config, 0.5);
    }

    private static Gemma3n load(DType type, @Nullable Function<TextConfig, MatFormerSlice> resident) {
        LoadOptions options = new LoadOptions("tiny", TestDevice.placed(), MatFormerSlice::whole, CONTEXT)
                .withResident(resident == null ? null : new ResidentMaximum.OfSlice(resident));
        return Gemma3n.synthetic(Golden.path("tiny-text"), type, 1, options);
    }

    /** Of the tiny model's ten layers. */
    private static MatFormerSlice slice(String name) {
        List<Integer> ffn = new ArrayList<>(Collections.nCopies(10, 128));
        Set<Integer> skip = name.startsWith("skip") ? Set.of(1, 6, 7) : Set.of();
        switch (name) {
            case "upper" -> Collections.fill(ffn.subList(4, 10), 64);
            case "odd" -> Collections.fill(ffn, 96);
            case "skip-half" -> Collections.fill(ffn, 64);
            default -> {}
        }
        return new MatFormerSlice(name, skip, ffn);
    }

    @ParameterizedTest
    @ValueSource(strings = {"upper", "odd", "skip", "skip-half"})
    void aSliceComputesTheSameFromWhatItNeedsAlone(String name) {
        for (DType type : List.of(DType.BF16, DType.Q4_0)) {
            try (Gemma3n whole = load(type, null);
                    Gemma3n part = load(type, config -> slice(name))) {
                assertEquals(name, part.slice().name());
                assertTrue(weights(part) < weights(whole) || !TestDevice.hasMemory());
                assertSame(logits(whole, slice(name)), logits(part, part.slice()));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"BF16", "Q8_0", "Q4_0"})
    void whatHasGrownIsTheWholeAndWhatHasShrunkIsThePartAgain(DType type) {
        try (Gemma3n whole = load(type, null);
                Gemma3n part = load(type, config -> slice("skip-half"))) {
            MatFormerSlice all = MatFormerSlice.whole(part.config().text());
            long before = weights(part);
            List<float[]> small = logits(part, part.slice());
            move(part, all);
            assertWeights(weights(whole), part);
            assertSame(logits(whole, all), logits(part, all));
            move(part, part.slice());
            assertWeights(before, part);
            assertSame(small, logits(part, part.slice()));
        }
    }

    @Test
    void anAnswerGoesOnWhileLayersComeAndGo() {
        try (Gemma3n part = load(DType.Q4_0, ResidencyReferenceTest::half)) {
            List<float[]> alone = logits(part, part.slice());
            MatFormerSlice all = MatFormerSlice.whole(part.config().text());
            for (int round = 0; round < 4; round++) {
                part.resident(round % 2 == 0 ? all : part.slice());
                assertSame(alone, logits(part, part.slice()));
            }
            part.placement().residency().await();
        }
    }

    @Test
    void aSizeInUseComesDownToWhatStays() {
        try (Gemma3n gemma = load(DType.BF16, null);
                DecoderSession session = begun(gemma, gemma.slice());
                DecoderSession expected = begun(gemma, gemma.slice())) {
            MatFormerSlice half = half(gemma.config().text());
            expected.useSlice(half, KvPolicy.KEEP);
            List<float[]> logits = rest(expected);
            move(gemma, half);
            assertSame(logits, rest(session));
            assertEquals("half", session.slice().name());
            assertTrue(session.approximate());
            InvalidSliceException e =
                    assertThrows(InvalidSliceException.class, () -> session.useSlice(gemma.slice(), KvPolicy.KEEP));
            assertEquals("the slice whole needs more than is on the device, which is half", e.problem());
        }
    }

    @Test
    void whatIsMissingComesWhenItIsAskedFor() {
        try (Gemma3n part = load(DType.Q4_0, ResidencyReferenceTest::half);
                PlacedSession session = new PlacedSession(part, CONTEXT)) {
            MatFormerSlice wider = slice("upper");
            assertFalse(session.coming(wider));
            session.include(wider);
            part.placement().residency().await();
            assertFalse(session.coming(wider), "it is there");
            session.useSlice(wider, KvPolicy.KEEP);
            assertEquals("upper", session.slice().name());
        }
    }

    @Test
    void theDraftingSizeIsNotAskedWhereItIsNotHeld() {
        try (Gemma3n gemma = load(DType.BF16, null);
                DecoderSession session = begun(gemma, gemma.slice())) {
            session.tokens().add(3);
            MatFormerSlice draft = slice("upper");
            assertTrue(session.room(draft) > 0);
            move(gemma, slice("skip"));
            assertEquals(0, session.room(draft));
        }
    }

    @Test
    void aBudgetOfBytesBuysTheLargestSizeWithin() {
        try (Gemma3n gemma = load(DType.BF16, null)) {
            List<ResidentSize> sizes = gemma.residentSizes();
            assertTrue(sizes.size() > 2, sizes.toString());
            ResidentSize second = sizes.get(1);
            LoadOptions options = new LoadOptions("tiny", TestDevice.placed(), MatFormerSlice::whole, CONTEXT)
                    .withResident(new ResidentMaximum.OfBytes(sizes.getFirst().bytes() - 1));
            try (Gemma3n part = Gemma3n.synthetic(Golden.path("tiny-text"), DType.BF16, 1, options)) {
                assertEquals(second.slice(), part.slice());
                assertWeights(second.bytes(), part);
                assertEquals(second.slice(), residency(part).wanted());
            }
        }
    }

    @Test
    void theCpuKeepsNothing() {
        LoadOptions options = new LoadOptions("tiny", "cpu", MatFormerSlice::whole, CONTEXT)
                .withResident(new ResidentMaximum.OfSlice(ResidencyReferenceTest::half));
        try (Gemma3n gemma = Gemma3n.synthetic(Golden.path("tiny-text"), DType.BF16, 1, options)) {
            assertEquals("whole", gemma.slice().name());
            assertNull(gemma.memory().residency());
            assertThrows(InvalidRequestException.class, () -> gemma.resident(gemma.slice()));
        }
    }

    private static Residency residency(Gemma3n gemma) {
        return Objects.requireNonNull(gemma.memory().residency());
    }

    private static void move(Gemma3n gemma, MatFormerSlice maximum) {
        gemma.resident(maximum);
        gemma.placement().residency().await();
        assertNull(residency(gemma).problem());
    }

    private static long weights(Gemma3n gemma) {
        return Objects.requireNonNull(gemma.memory().held().get("weights"));
    }

    private static void assertWeights(long expected, Gemma3n gemma) {
        if (TestDevice.hasMemory()) {
            assertEquals(expected, weights(gemma));
        }
    }

    private static List<float[]> logits(Gemma3n gemma, MatFormerSlice slice) {
        try (DecoderSession session = begun(gemma, slice)) {
            return rest(session);
        }
    }

    private static DecoderSession begun(Gemma3n gemma, MatFormerSlice slice) {
        DecoderSession session = gemma.session(CONTEXT);
        session.useSlice(slice, KvPolicy.RECOMPUTE);
        session.tokens().add(Arrays.copyOf(IDS, PROMPT));
        advance(session);
        return session;
    }

    private static List<float[]> rest(DecoderSession session) {
        List<float[]> all = new ArrayList<>();
        for (int i = PROMPT; i < IDS.length; i++) {
            session.tokens().add(IDS[i]);
            all.add(advance(session));
        }
        return all;
    }

    private static float[] advance(DecoderSession session) {
        return Objects.requireNonNull(session.advance(() -> false, (done, total) -> {}))
                .all();
    }

    private static void assertSame(List<float[]> expected, List<float[]> actual) {
        for (int i = 0; i < expected.size(); i++) {
            // the CPU's vectors add up in an order that changes once the JIT has compiled them
            assertArrayEquals(expected.get(i), actual.get(i), TestDevice.hasMemory() ? 0 : 1e-4f, "token " + i);
        }
    }
}
