package dev.matryoshka.engine;

import dev.matryoshka.engine.checkpoint.Checkpoint;
import dev.matryoshka.engine.config.KvReuse;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.config.PublishedModels;
import dev.matryoshka.engine.config.SliceCatalog;
import dev.matryoshka.engine.config.TextConfig;
import dev.matryoshka.engine.text.DecoderTensors;
import dev.matryoshka.engine.text.TextWeights;
import dev.matryoshka.engine.weights.DType;
import dev.matryoshka.engine.weights.SyntheticWeights;
import dev.matryoshka.engine.weights.Tensor;
import dev.matryoshka.engine.weights.WeightSource;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
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
        List<String> sharesKvWith) {

    /**
     * The slices of a model in a folder or a GGUF file; its weights are looked at, not loaded.
     *
     * @param saved folder of the user's own slices
     */
    public static List<SliceInfo> of(Path model, Path saved) {
        try (Checkpoint checkpoint = Checkpoint.open(model)) {
            WeightSource weights = checkpoint.weights();
            String prefix = TextWeights.prefix(weights);
            return all(new SliceCatalog(checkpoint.config().text(), saved), shape -> {
                Tensor tensor = weights.find(prefix + shape.name());
                return tensor == null ? DType.BF16 : tensor.type(); // missing ones are missed when the model is loaded
            });
        }
    }

    /**
     * The slices of a published model, whose files need not be there.
     *
     * @param name see {@link PublishedModels#textOnly}
     * @param type stored type of its matrices
     */
    public static List<SliceInfo> ofPublished(String name, DType type, Path saved) {
        TextConfig config = PublishedModels.textOnly(name).text();
        return all(
                new SliceCatalog(config, saved),
                shape -> shape.rows() == 1 ? DType.BF16 : SyntheticWeights.typeOf(type, shape.columns()));
    }

    private static List<SliceInfo> all(SliceCatalog catalog, Function<DecoderTensors.Shape, DType> type) {
        TextConfig config = catalog.config();
        List<SliceCatalog.Entry> entries = catalog.entries();
        return entries.stream()
                .map(entry -> {
                    MatFormerSlice slice = entry.slice();
                    List<String> others = entries.stream()
                            .map(SliceCatalog.Entry::slice)
                            .filter(other -> !other.name().equals(slice.name()) && shareKv(slice, other, config))
                            .map(MatFormerSlice::name)
                            .toList();
                    return new SliceInfo(
                            slice,
                            entry.origin(),
                            ModelSize.effective(config, slice),
                            ModelSize.deviceBytes(config, slice, type),
                            entry.mmlu(),
                            others);
                })
                .toList();
    }

    private static boolean shareKv(MatFormerSlice a, MatFormerSlice b, TextConfig config) {
        return a.reuse(b, config) == KvReuse.EXACT && b.reuse(a, config) == KvReuse.EXACT;
    }
}
