package dev.matryoshka.ui.size;

import dev.matryoshka.engine.ModelSlices;
import dev.matryoshka.engine.SliceInfo;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.config.SliceCatalog.Origin;
import dev.matryoshka.engine.config.TextConfig;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The sizes that the slider goes through, by effective parameters: ticks where slices have a name, and between two ticks
 * the narrower one, each of its layers widened by the same share of what it lacks.
 */
public final class SizeScale {
    private final ModelSlices slices;
    private final List<SliceInfo> ticks;

    public SizeScale(ModelSlices slices) {
        this.slices = slices;
        ticks = ticks(slices.named());
    }

    /** Published and saved slices; those that any model has only where nothing is published. No two of a shape. */
    private static List<SliceInfo> ticks(List<SliceInfo> named) {
        boolean published = named.stream().anyMatch(s -> s.origin() == Origin.PUBLISHED);
        List<SliceInfo> ticks = new ArrayList<>();
        for (SliceInfo info : named) {
            boolean twin = ticks.stream().anyMatch(t -> sameShape(t.slice(), info.slice()));
            if (!twin && !(published && info.origin() == Origin.BUILT_IN)) {
                ticks.add(info);
            }
        }
        ticks.sort(Comparator.comparingLong(SliceInfo::effectiveParameters));
        return List.copyOf(ticks);
    }

    /** The model. */
    TextConfig config() {
        return slices.config();
    }

    /** Slices with a name, the smallest first. */
    public List<SliceInfo> ticks() {
        return ticks;
    }

    /** The left end. */
    public SliceInfo smallest() {
        return ticks.getFirst();
    }

    /** The right end. */
    public SliceInfo largest() {
        return ticks.getLast();
    }

    /** A slice and its cost: the tick of its shape where there is one. */
    public SliceInfo info(MatFormerSlice slice) {
        return ticks.stream()
                .filter(tick -> sameShape(tick.slice(), slice))
                .findFirst()
                .orElseGet(() -> slices.custom(slice));
    }

    /** The size at a place of the slider, in effective parameters. */
    public SliceInfo at(double parameters) {
        SliceInfo below = ticks.stream()
                .filter(tick -> tick.effectiveParameters() <= parameters)
                .reduce((first, second) -> second)
                .orElse(smallest());
        if (below.equals(largest())) {
            return below;
        }
        long lacks = widened(below.slice(), 1).effectiveParameters() - below.effectiveParameters();
        return lacks == 0 ? below : widened(below.slice(), (parameters - below.effectiveParameters()) / lacks);
    }

    private SliceInfo widened(MatFormerSlice from, double share) {
        List<Integer> widths = IntStream.range(0, from.ffn().size())
                .mapToObj(layer -> widened(from, layer, Math.clamp(share, 0, 1)))
                .toList();
        return called("", new MatFormerSlice("", from.skip(), widths));
    }

    private int widened(MatFormerSlice from, int layer, double share) {
        int width = from.ffn().get(layer);
        int whole = config().intermediateSize().get(layer);
        int step = MatFormerSlice.step(whole);
        return Math.min(whole, width + step * (int) Math.round(share * (whole - width) / step));
    }

    /** A slice called by its effective parameters, or as the tick of its shape. */
    SliceInfo called(String prefix, MatFormerSlice slice) {
        SliceInfo info = info(slice);
        return info.origin() != Origin.CUSTOM
                ? info
                : slices.custom(new MatFormerSlice(
                        prefix + Figures.parameters(info.effectiveParameters()), slice.skip(), slice.ffn()));
    }

    /** The tick before or after a place of the slider; the end where there is none. */
    public SliceInfo neighbour(double parameters, boolean larger) {
        return larger
                ? ticks.stream()
                        .filter(tick -> tick.effectiveParameters() > parameters)
                        .findFirst()
                        .orElse(largest())
                : ticks.reversed().stream()
                        .filter(tick -> tick.effectiveParameters() < parameters)
                        .findFirst()
                        .orElse(smallest());
    }

    /** Where a size lies between the smallest, 0, and the largest, 1. */
    double share(SliceInfo info) {
        double range = largest().effectiveParameters() - smallest().effectiveParameters();
        return range == 0
                ? 1
                : Math.clamp((info.effectiveParameters() - smallest().effectiveParameters()) / range, 0, 1);
    }

    private static boolean sameShape(MatFormerSlice a, MatFormerSlice b) {
        return a.skip().equals(b.skip())
                && IntStream.range(0, a.ffn().size())
                        .allMatch(i ->
                                !a.keeps(i) || a.ffn().get(i).equals(b.ffn().get(i)));
    }
}
