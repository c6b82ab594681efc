package dev.matryoshka.engine.config;

import java.util.List;
import java.util.Set;

/**
 * A Mix-n-Match slice: the first {@code ffn[i]} hidden units of every layer i, some layers left out.
 *
 * @param name what people call it, for example {@code E2.98}; {@code whole} for everything
 * @param skip original indices of the layers left out
 * @param ffn feed-forward width kept per original layer, skipped ones included
 */
public record MatFormerSlice(String name, Set<Integer> skip, List<Integer> ffn) {
    public MatFormerSlice {
        skip = Set.copyOf(skip);
        ffn = List.copyOf(ffn);
    }

    /** Everything the checkpoint has. */
    public static MatFormerSlice whole(TextConfig config) {
        return new MatFormerSlice("whole", Set.of(), config.intermediateSize());
    }

    /** Whether the slice runs this original layer. */
    public boolean keeps(int layer) {
        return !skip.contains(layer);
    }
}
