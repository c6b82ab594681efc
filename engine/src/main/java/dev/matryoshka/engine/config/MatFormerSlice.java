package dev.matryoshka.engine.config;

import dev.matryoshka.engine.error.InvalidSliceException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A Mix-n-Match slice: the first {@code ffn[i]} hidden units of every layer i, some layers left out.
 *
 * @param name what people call it, for example {@code E2.98-layer}; {@code whole} for everything
 * @param skip original indices of the layers left out
 * @param ffn feed-forward width kept per original layer, skipped ones included
 */
public record MatFormerSlice(String name, Set<Integer> skip, List<Integer> ffn) {
    /** Widths of large models are cut in these steps. */
    private static final int STEP = 256;

    /** Steps of small models, whose layers are not many times {@link #STEP}: the block of the stored types Q8_0 and Q4_0. */
    private static final int SMALL_STEP = 32;

    public MatFormerSlice {
        skip = Set.copyOf(skip);
        ffn = List.copyOf(ffn);
    }

    /** Everything the checkpoint has. */
    public static MatFormerSlice whole(TextConfig config) {
        return new MatFormerSlice("whole", Set.of(), config.intermediateSize());
    }

    /**
     * The same share of every layer, in steps of 256 units (32, or one, where a layer is small).
     *
     * @param fraction above 0, up to 1
     * @throws InvalidSliceException another fraction
     */
    public static MatFormerSlice uniform(String name, TextConfig config, double fraction) {
        if (!(fraction > 0 && fraction <= 1)) {
            throw new InvalidSliceException("a slice of " + name + " of each layer", "use above 0, up to 1");
        }
        List<Integer> widths = config.intermediateSize().stream()
                .map(width -> rounded(width, fraction))
                .toList();
        return new MatFormerSlice(name, Set.of(), widths);
    }

    /** In which steps a layer of this width is cut. */
    public static int step(int width) {
        return width % STEP == 0 && width >= 16 * STEP ? STEP : width % SMALL_STEP == 0 ? SMALL_STEP : 1;
    }

    private static int rounded(int width, double fraction) {
        int step = step(width);
        return Math.max(step, step * (int) Math.round(width * fraction / step));
    }

    /** Whether the slice runs this original layer. */
    public boolean keeps(int layer) {
        return !skip.contains(layer);
    }

    /** Whether another slice has everything that this one computes with. */
    public boolean within(MatFormerSlice other) {
        return IntStream.range(0, ffn.size())
                .allMatch(layer -> !keeps(layer) || other.keeps(layer) && ffn.get(layer) <= other.ffn.get(layer));
    }

    /** What two slices have both; one of them where that has no more. */
    public MatFormerSlice common(MatFormerSlice other) {
        if (within(other)) {
            return this;
        }
        if (other.within(this)) {
            return other;
        }
        Set<Integer> none = new HashSet<>(skip);
        none.addAll(other.skip);
        List<Integer> widths = IntStream.range(0, ffn.size())
                .mapToObj(layer -> Math.min(ffn.get(layer), other.ffn.get(layer)))
                .toList();
        return new MatFormerSlice(name + " within " + other.name, none, widths);
    }

    /** What two slices have together; one of them where the other adds nothing. */
    public MatFormerSlice plus(MatFormerSlice other) {
        if (other.within(this)) {
            return this;
        }
        if (within(other)) {
            return other;
        }
        Set<Integer> none = new HashSet<>(skip);
        none.retainAll(other.skip);
        List<Integer> widths = IntStream.range(0, ffn.size())
                .mapToObj(layer -> Math.max(width(layer), other.width(layer)))
                .toList();
        return new MatFormerSlice(name + " and " + other.name, none, widths);
    }

    /** Units in use; one, which is no more than any has, where the layer is skipped. */
    private int width(int layer) {
        return keeps(layer) ? ffn.get(layer) : 1;
    }

    /**
     * What keys and values that another slice computed are to this one. They come from the layers below the sharing
     * point, and depend on the layers before: what differs from the last of these on doesn't matter.
     */
    public KvReuse reuse(MatFormerSlice computedBy, TextConfig config) {
        int last = -1;
        for (int layer = 0; layer < config.firstKvSharedLayer(); layer++) {
            if (keeps(layer)) {
                if (!computedBy.keeps(layer)) {
                    return KvReuse.NONE;
                }
                last = layer;
            }
        }
        boolean same = IntStream.range(0, Math.max(0, last)).allMatch(layer -> sameLayer(computedBy, layer));
        return same ? KvReuse.EXACT : KvReuse.APPROXIMATE;
    }

    private boolean sameLayer(MatFormerSlice other, int layer) {
        return keeps(layer) == other.keeps(layer)
                && (!keeps(layer) || ffn.get(layer).equals(other.ffn.get(layer)));
    }

    /**
     * Checks the slice against a model.
     *
     * @throws InvalidSliceException it can't be run, with the reason
     */
    public void check(TextConfig config) {
        int layers = config.numHiddenLayers();
        check(
                ffn.size() == layers,
                ffn.size() + " widths for " + layers + " layers",
                "list one width for each original layer, skipped ones included");
        for (int layer = 0; layer < layers; layer++) {
            int width = ffn.get(layer);
            int whole = config.intermediateSize().get(layer);
            check(width >= 1 && width <= whole, "width " + width + " in layer " + layer, "choose 1 to " + whole);
        }
        for (int layer : skip) {
            check(
                    layer >= 0 && layer < layers,
                    "to skip layer " + layer + ", which the model hasn't got",
                    "choose layers 0 to " + (layers - 1));
            check(
                    !config.feedsSharedLayers(layer),
                    "to skip layer " + layer + ", whose keys and values later layers use",
                    "keep that layer");
        }
        check(skip.size() < layers, "to skip every layer", "keep some");
    }

    private void check(boolean valid, String wish, String remedy) {
        if (!valid) {
            throw new InvalidSliceException("the slice " + name + " wants " + wish, remedy);
        }
    }
}
