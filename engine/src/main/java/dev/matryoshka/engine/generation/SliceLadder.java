package dev.matryoshka.engine.generation;

import dev.matryoshka.engine.config.KvReuse;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.config.TextConfig;
import dev.matryoshka.engine.text.DecoderTensors;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Smaller and smaller slices of one, so that each costs less than the one before. First the layers that no keys and values
 * depend on give up width, then some of them altogether: keys and values stay exact. Then the layers below give up width.
 * Of the whole E4B the last is the official E2B.
 */
public final class SliceLadder {
    private static final double WIDE = 0.75;
    private static final double HALF = 0.5;

    private final TextConfig config;
    private final MatFormerSlice widest;

    /**
     * A slice and what it costs.
     *
     * @param cost weights that a token meets, in any unit
     */
    public record Rung(MatFormerSlice slice, double cost) {}

    private SliceLadder(TextConfig config, MatFormerSlice widest) {
        this.config = config;
        this.widest = widest;
    }

    /**
     * The ladder.
     *
     * @param exact leave out what makes keys and values approximate
     * @return the widest first, at least that one
     */
    public static List<Rung> below(MatFormerSlice widest, TextConfig config, boolean exact) {
        SliceLadder ladder = new SliceLadder(config, widest);
        List<Rung> rungs = new ArrayList<>(List.of(new Rung(widest, cost(config, widest))));
        for (MatFormerSlice slice : ladder.smaller()) {
            double cost = cost(config, slice);
            if (cost < rungs.getLast().cost() && !(exact && slice.reuse(widest, config) != KvReuse.EXACT)) {
                rungs.add(new Rung(slice, cost));
            }
        }
        return List.copyOf(rungs);
    }

    private List<MatFormerSlice> smaller() {
        Set<Integer> none = widest.skip();
        Set<Integer> some = new HashSet<>(none);
        int sharing = config.firstKvSharedLayer();
        IntStream.range(sharing, sharing + config.numKvSharedLayers() / 3).forEach(some::add);
        return List.of(
                slice(1, WIDE, none),
                slice(1, HALF, none),
                slice(1, HALF, some),
                slice(WIDE, HALF, some),
                slice(HALF, HALF, some));
    }

    /** A share of the layers that keys and values depend on, and one of those above. */
    private MatFormerSlice slice(double below, double above, Set<Integer> skip) {
        MatFormerSlice lower = MatFormerSlice.uniform("", config, below);
        MatFormerSlice upper = MatFormerSlice.uniform("", config, above);
        int last = config.firstKvSharedLayer() - 1;
        List<Integer> ffn = IntStream.range(0, config.numHiddenLayers())
                .map(i -> Math.min(
                        widest.ffn().get(i), (i < last ? lower : upper).ffn().get(i)))
                .boxed()
                .toList();
        MatFormerSlice unnamed = new MatFormerSlice("", skip, ffn);
        return new MatFormerSlice(name(cost(config, unnamed)), skip, ffn);
    }

    private static String name(double parameters) {
        boolean large = parameters >= 1e9;
        return String.format(Locale.ROOT, "elastic-%.2f%s", parameters / (large ? 1e9 : 1e6), large ? "B" : "M");
    }

    /** Parameters that a token meets, those of the head among them. */
    static double cost(TextConfig config, MatFormerSlice slice) {
        return DecoderTensors.of(config, slice).stream()
                .mapToLong(DecoderTensors.Shape::elements)
                .sum();
    }
}
