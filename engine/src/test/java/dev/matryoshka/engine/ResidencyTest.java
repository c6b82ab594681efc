package dev.matryoshka.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.config.KvPolicy;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.error.InsufficientMemoryException;
import dev.matryoshka.engine.generation.DecoderSession;
import dev.matryoshka.engine.support.Golden;
import dev.matryoshka.engine.weights.WeightSource;
import dev.matryoshka.engine.weights.Weights;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How much of the decoder a small device keeps. */
class ResidencyTest {
    private static final int CONTEXT = 64;

    @Test
    void aDeviceTooSmallForTheModelHoldsAPartOfIt() {
        long free;
        try (Gemma3n gemma = load("cpu", null);
                WeightSource weights = Weights.open(Golden.path("tiny-text"));
                Backend cpu = Devices.open("cpu")) {
            MatFormerSlice whole = gemma.slice();
            MatFormerSlice half = half(gemma);
            long all =
                    MemoryPlan.of(gemma.config(), weights, CONTEXT, cpu, whole).total();
            long part =
                    MemoryPlan.of(gemma.config(), weights, CONTEXT, cpu, half).total();
            free = (all + part) / 2;
            assertTrue(part < free && free < all);
        }
        String device = "faulty:free=" + free;
        InsufficientMemoryException e = assertThrows(InsufficientMemoryException.class, () -> load(device, null));
        assertTrue(e.remedy().contains("--resident"), e.remedy());
        try (Gemma3n gemma = load(device, half())) {
            assertEquals("half", gemma.slice().name());
        }
    }

    @Test
    void aDeviceThatIsFullKeepsWhatItHasAndSaysSo() {
        try (Gemma3n gemma = load("faulty:weight=250", half());
                DecoderSession session = gemma.session(CONTEXT)) {
            gemma.resident(MatFormerSlice.whole(gemma.config().text()));
            gemma.placement().residency().await();
            Residency residency = Objects.requireNonNull(gemma.memory().residency());
            assertFalse(residency.moving());
            assertInstanceOf(InsufficientMemoryException.class, residency.problem());
            session.useSlice(half(gemma), KvPolicy.KEEP);
            session.tokens().add(5);
            Objects.requireNonNull(session.advance(() -> false, (done, total) -> {}));
            int wider = residency.wanted().ffn().getFirst();
            assertEquals(128, wider, "what has come stays: " + residency.wanted());
        }
    }

    @Test
    void aBudgetBelowTheSmallestSizeIsRefused() {
        LoadOptions options = options("faulty:never=1").withResident(new ResidentMaximum.OfBytes(1000));
        InsufficientMemoryException e =
                assertThrows(InsufficientMemoryException.class, () -> Gemma3n.load(Golden.path("tiny-text"), options));
        assertTrue(e.problem().startsWith("the smallest size takes 0."), e.problem());
    }

    @Test
    void slicesAreComparedLayerByLayer() {
        MatFormerSlice lower = slice("lower", 128, 64, 64);
        MatFormerSlice upper = slice("upper", 64, 64, 128);
        MatFormerSlice small = slice("small", 64, 64, 64);
        MatFormerSlice without = slice("without", 128, 0, 128);
        assertTrue(small.within(lower) && small.within(upper));
        assertFalse(lower.within(upper) || lower.within(without));
        assertEquals(lower, lower.plus(small));
        assertEquals(small, small.common(upper));
        assertEquals(List.of(64, 64, 64), lower.common(upper).ffn());
        assertEquals(List.of(128, 64, 128), without.plus(small).ffn());
        assertTrue(without.plus(small).skip().isEmpty());
        assertFalse(without.common(small).keeps(1));
        assertTrue(without.within(without.plus(small)) && without.common(small).within(small));
    }

    /** Three layers, 0 for one that is skipped. */
    private static MatFormerSlice slice(String name, int first, int second, int third) {
        return second == 0
                ? new MatFormerSlice(name, Set.of(1), List.of(first, 128, third))
                : new MatFormerSlice(name, Set.of(), List.of(first, second, third));
    }

    private static MatFormerSlice half(Gemma3n gemma) {
        return MatFormerSlice.uniform("half", gemma.config().text(), 0.5);
    }

    private static ResidentMaximum half() {
        return new ResidentMaximum.OfSlice(config -> MatFormerSlice.uniform("half", config, 0.5));
    }

    private static LoadOptions options(String device) {
        return new LoadOptions("tiny", device, MatFormerSlice::whole, CONTEXT);
    }

    private static Gemma3n load(String device, @Nullable ResidentMaximum resident) {
        return Gemma3n.load(Golden.path("tiny-text"), options(device).withResident(resident));
    }
}
