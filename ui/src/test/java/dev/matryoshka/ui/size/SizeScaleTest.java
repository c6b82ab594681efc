package dev.matryoshka.ui.size;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.engine.ModelSlices;
import dev.matryoshka.engine.SliceInfo;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.config.SliceCatalog.Origin;
import dev.matryoshka.engine.weights.DType;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the slider goes through. */
class SizeScaleTest {
    private final SizeScale e4b = new SizeScale(ModelSlices.ofPublished("E4B", DType.Q4_0, null));

    @Test
    void thePublishedSlicesAreTheTicks() {
        assertEquals("E2B", e4b.smallest().slice().name());
        assertEquals("E4B", e4b.largest().slice().name());
        assertEquals(16, e4b.ticks().size());
        assertTrue(e4b.ticks().stream().allMatch(tick -> tick.origin() == Origin.PUBLISHED && tick.mmlu() != null));
        assertEquals(0, e4b.share(e4b.smallest()));
        assertEquals(1, e4b.share(e4b.largest()));
    }

    @Test
    void aModelOfWhichNothingIsPublishedGoesFromHalfToWhole() {
        SizeScale e2b = new SizeScale(ModelSlices.ofPublished("E2B", DType.Q4_0, null));
        assertEquals(
                List.of("half", "whole"),
                e2b.ticks().stream().map(tick -> tick.slice().name()).toList());
    }

    @Test
    void betweenTwoTicksTheNarrowerOneIsWidened() {
        for (int i = 0; i + 1 < e4b.ticks().size(); i++) {
            SliceInfo below = e4b.ticks().get(i);
            SliceInfo above = e4b.ticks().get(i + 1);
            double middle = (below.effectiveParameters() + above.effectiveParameters()) / 2.0;
            SliceInfo between = e4b.at(middle);
            between.slice().check(e4b.config());
            double width = above.effectiveParameters() - below.effectiveParameters();
            double rounding = 35 * 128 * 3 * 2048.0; // half a step of 256 in every layer
            assertTrue(
                    Math.abs(between.effectiveParameters() - middle) <= Math.max(width / 2, rounding),
                    between.slice().name() + " between " + below.slice().name() + " and "
                            + above.slice().name());
            assertEquals(below.slice().skip(), between.slice().skip());
            assertTrue(between.slice().ffn().stream().allMatch(w -> w % 256 == 0));
        }
    }

    @Test
    void aShapeIsKnownWhateverItIsCalled() {
        SliceInfo whole = e4b.info(MatFormerSlice.whole(e4b.config()));
        assertEquals(e4b.largest(), whole);
        SliceInfo half = e4b.info(MatFormerSlice.uniform("mine", e4b.config(), 0.5));
        assertEquals("mine", half.slice().name());
        assertNull(half.mmlu());
    }

    @Test
    void fromTickToTick() {
        double at = e4b.ticks().get(3).effectiveParameters();
        assertEquals(e4b.ticks().get(4), e4b.neighbour(at, true));
        assertEquals(e4b.ticks().get(2), e4b.neighbour(at, false));
        assertEquals(e4b.largest(), e4b.neighbour((double) e4b.largest().effectiveParameters(), true));
        assertEquals(e4b.smallest(), e4b.neighbour(0, false));
        assertFalse(e4b.ticks().get(3).equals(e4b.ticks().get(4)));
    }

    @Test
    void speedIsThatOfTheNearestMeasuredSizeByItsBytes() {
        MeasuredSpeed speed = new MeasuredSpeed();
        assertTrue(speed.tokensPerSecond(100).isEmpty());
        speed.add(200, 10, 20);
        assertEquals(20, speed.tokensPerSecond(200).orElseThrow(), 1e-9);
        assertEquals(40, speed.tokensPerSecond(100).orElseThrow(), 1e-9);
        speed.add(100, 10, 30);
        assertEquals(30, speed.tokensPerSecond(100).orElseThrow(), 1e-9);
        speed.add(100, 10, 30);
        speed.add(100, 90, 10); // now it is slower: what is new counts most
        assertTrue(speed.tokensPerSecond(100).orElseThrow() < 11);
    }
}
