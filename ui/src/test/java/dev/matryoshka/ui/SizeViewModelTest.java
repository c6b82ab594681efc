package dev.matryoshka.ui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.engine.Answer;
import dev.matryoshka.engine.Answer.SliceUse;
import dev.matryoshka.engine.Answer.StopReason;
import dev.matryoshka.engine.Elastic;
import dev.matryoshka.engine.GenerationConfig;
import dev.matryoshka.engine.SliceInfo;
import dev.matryoshka.engine.config.KvPolicy;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.error.InvalidSliceException;
import dev.matryoshka.ui.size.SizeScale;
import dev.matryoshka.ui.size.SizeViewModel;
import dev.matryoshka.ui.size.SizeViewModel.KvFate;
import dev.matryoshka.ui.size.SizeViewModel.Mode;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The size's state without a window. */
class SizeViewModelTest {
    private boolean refuses;
    private final FakeAssistant assistant = new FakeAssistant() {
        @Override
        public void useSlice(MatFormerSlice wanted, KvPolicy policy) {
            if (refuses) {
                throw new InvalidSliceException("the slice doesn't fit", "choose another");
            }
            super.useSlice(wanted, policy);
        }
    };
    private final SizeViewModel size = loaded();
    private final SizeScale scale = Objects.requireNonNull(size.scaleProperty().get());

    private SizeViewModel loaded() {
        SizeViewModel fresh = new SizeViewModel(assistant, Runnable::run);
        fresh.load(FakeAssistant.SLICES);
        return fresh;
    }

    @Test
    void lookingChangesNothingUntilItIsUsed() {
        size.choose(scale.smallest());
        assertEquals(scale.largest(), size.inUseProperty().get());
        assertEquals(MatFormerSlice.whole(FakeAssistant.SLICES.config()), assistant.slice);
        size.use();
        assertEquals("E2B", assistant.slice.name());
        assertEquals(List.of(KvPolicy.BACKGROUND), assistant.policies);
        size.use();
        assertEquals(1, assistant.policies.size());
    }

    @Test
    void aSizeThatIsRefusedIsSaidSoAndTheOldOneStays() {
        refuses = true;
        size.choose(scale.smallest());
        size.use();
        assertNotNull(size.problemProperty().get());
        assertEquals(scale.largest(), size.previewProperty().get());
        size.choose(scale.smallest());
        assertNull(size.problemProperty().get());
    }

    @Test
    void layersByHand() {
        size.setWidth(3, 9472);
        size.skip(25);
        size.skip(18); // feeds the shared layers
        SliceInfo made = Objects.requireNonNull(size.previewProperty().get());
        assertEquals(Mode.BY_HAND, size.modeProperty().get());
        assertEquals(9472, made.slice().ffn().get(3));
        assertFalse(made.slice().keeps(25));
        assertTrue(made.slice().keeps(18));
        assertTrue(made.slice().name().startsWith("by hand "), made.slice().name());
        size.setWidth(25, 16_384);
        size.setWidth(3, 16_384);
        assertEquals(scale.largest(), size.previewProperty().get());
        size.choose(scale.smallest());
        assertEquals(Mode.FIXED, size.modeProperty().get());
    }

    @Test
    void whatBecomesOfKeysAndValues() {
        SliceInfo e2b = scale.smallest();
        SliceInfo e249 = named("E2.49-block");
        assertEquals(KvFate.NONE_YET, size.kvFate(e2b));
        size.computes(new SliceUse(e2b.slice(), 0, false));
        assertEquals(KvFate.EXACT, size.kvFate(e249));
        assertEquals(KvFate.COMPUTED_AGAIN, size.kvFate(scale.largest()));
        size.kvPolicyProperty().set(KvPolicy.KEEP);
        assertEquals(KvFate.APPROXIMATE, size.kvFate(scale.largest()));
        size.computes(new SliceUse(scale.largest().slice(), 4, true));
        assertEquals(KvFate.APPROXIMATE, size.kvFate(e2b));
        size.computes(new SliceUse(scale.largest().slice(), 9, false));
        assertEquals(KvFate.EXACT, size.kvFate(scale.largest()));
        size.startOver();
        assertEquals(KvFate.NONE_YET, size.kvFate(scale.largest()));
    }

    @Test
    void speedIsPredictedFromWhatOneSizeMeasured() {
        SliceInfo e2b = scale.smallest();
        assertTrue(size.tokensPerSecond(e2b).isEmpty());
        SliceUse small = new SliceUse(e2b.slice(), 0, false);
        SliceUse large = new SliceUse(scale.largest().slice(), 5, true);
        size.answered(answer(30, List.of(small, large)));
        assertTrue(size.tokensPerSecond(e2b).isEmpty());
        size.answered(answer(30, List.of(small)));
        assertEquals(30, size.tokensPerSecond(e2b).orElseThrow(), 1e-9);
        double scaled = 30.0 * e2b.deviceBytes() / scale.largest().deviceBytes();
        assertEquals(scaled, size.tokensPerSecond(scale.largest()).orElseThrow(), 1e-9);
    }

    @Test
    void elasticUpToTheChosenSize() {
        size.modeProperty().set(Mode.ELASTIC);
        assertEquals(new Elastic.Speed(10, false), assistant.elastic);
        size.targetProperty().set(new Elastic.Speed(25, true));
        assertEquals(new Elastic.Speed(25, true), assistant.elastic);
        size.computes(new SliceUse(scale.smallest().slice(), 3, true));
        assertEquals(scale.smallest(), size.shownProperty().get());
        size.end();
        assertEquals(scale.largest(), size.shownProperty().get());
        size.choose(named("E2.98-layer"));
        size.use();
        assertEquals("E2.98-layer", assistant.slice.name());
        assertEquals(new Elastic.Speed(25, true), assistant.elastic);
        size.modeProperty().set(Mode.FIXED);
        assertNull(assistant.elastic);
    }

    private SliceInfo named(String name) {
        return scale.ticks().stream()
                .filter(tick -> tick.slice().name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Answer answer(double tokensPerSecond, List<SliceUse> slices) {
        return new Answer(
                "",
                1,
                10,
                0,
                0,
                tokensPerSecond,
                StopReason.END_OF_TURN,
                GenerationConfig.greedy(10),
                slices,
                Answer.Drafts.NONE);
    }
}
