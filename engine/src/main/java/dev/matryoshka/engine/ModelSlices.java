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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What the slices of a model cost: those that have a name, and any other. */
public final class ModelSlices {
    private final TextConfig config;
    private final List<SliceCatalog.Entry> entries;
    private final Function<DecoderTensors.Shape, DType> type;

    private ModelSlices(SliceCatalog catalog, Function<DecoderTensors.Shape, DType> type) {
        config = catalog.config();
        entries = catalog.entries();
        this.type = type;
    }

    /**
     * Those of a model in a folder or a GGUF file; its weights are looked at, not loaded.
     *
     * @param saved folder of the user's own slices; null for none
     */
    public static ModelSlices of(Path model, @Nullable Path saved) {
        try (Checkpoint checkpoint = Checkpoint.open(model)) {
            return of(checkpoint.weights(), new SliceCatalog(checkpoint.config().text(), saved));
        }
    }

    /** Those of weights that are open; they may be closed afterwards. */
    static ModelSlices of(WeightSource weights, SliceCatalog catalog) {
        TextConfig config = catalog.config();
        String prefix = TextWeights.prefix(weights);
        Map<String, DType> types = new HashMap<>();
        for (DecoderTensors.Shape shape : DecoderTensors.of(config, MatFormerSlice.whole(config))) {
            Tensor tensor = weights.find(prefix + shape.name());
            types.put(shape.name(), tensor == null ? DType.BF16 : tensor.type()); // loading says what is missing
        }
        return new ModelSlices(catalog, shape -> types.getOrDefault(shape.name(), DType.BF16));
    }

    /**
     * Those of a published model, whose files need not be there.
     *
     * @param name see {@link PublishedModels#textOnly}
     * @param type stored type of its matrices
     */
    public static ModelSlices ofPublished(String name, DType type, @Nullable Path saved) {
        TextConfig config = PublishedModels.textOnly(name).text();
        return new ModelSlices(
                new SliceCatalog(config, saved),
                shape -> shape.rows() == 1 ? DType.BF16 : SyntheticWeights.typeOf(type, shape.columns()));
    }

    /** The model. */
    public TextConfig config() {
        return config;
    }

    /** The slices that have a name, see {@link SliceCatalog#entries}. */
    public List<SliceInfo> named() {
        return entries.stream().map(this::info).toList();
    }

    /** Any slice that the model can run, whatever it is called; nothing is published of it. */
    public SliceInfo custom(MatFormerSlice slice) {
        return info(new SliceCatalog.Entry(slice, SliceCatalog.Origin.CUSTOM, null));
    }

    private SliceInfo info(SliceCatalog.Entry entry) {
        MatFormerSlice slice = entry.slice();
        List<String> others = entries.stream()
                .map(SliceCatalog.Entry::slice)
                .filter(other -> !other.name().equals(slice.name()) && shareKv(slice, other))
                .map(MatFormerSlice::name)
                .toList();
        return new SliceInfo(
                slice,
                entry.origin(),
                ModelSize.effective(config, slice),
                ModelSize.deviceBytes(config, slice, type),
                entry.mmlu(),
                others);
    }

    private boolean shareKv(MatFormerSlice a, MatFormerSlice b) {
        return a.reuse(b, config) == KvReuse.EXACT && b.reuse(a, config) == KvReuse.EXACT;
    }
}
