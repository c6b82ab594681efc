package dev.matryoshka.engine;

import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.config.SliceCatalog;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A slice of a model and what it costs.
 *
 * @param slice the slice
 * @param origin where it comes from
 * @param effectiveParameters decoder parameters as published tables count them, without embedding tables and towers
 * @param deviceBytes weights that it needs on a device, its head included
 * @param mmlu published score of the pretrained model in percent; null where there is none
 * @param sharesKvWith names of the other slices whose keys and values are exactly its own, so that a change costs nothing
 */
public record SliceInfo(
        MatFormerSlice slice,
        SliceCatalog.Origin origin,
        long effectiveParameters,
        long deviceBytes,
        @Nullable Double mmlu,
        List<String> sharesKvWith) {}
