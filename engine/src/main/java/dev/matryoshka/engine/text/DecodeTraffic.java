package dev.matryoshka.engine.text;

import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.FfnWeights;
import dev.matryoshka.engine.cache.KvCache;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.config.TextConfig;
import dev.matryoshka.engine.config.TextConfig.LayerType;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Bytes that a decoded token makes a device read: each matrix of the slice once, in its stored type, and the keys and values
 * that each layer attends to. Activations and the two tables' rows, which the host gathers, are left out.
 *
 * @param skipsSparseRows whether rows of up that meet a zero are not read
 */
record DecodeTraffic(TextConfig config, TextWeights weights, MatFormerSlice slice, boolean skipsSparseRows) {
    /** Weights and cache for the token at a position. */
    long bytes(KvCache cache, int position) {
        try (ResidentLayers.Entered _ = weights.layers().entered()) {
            return weightBytes() + cacheBytes(cache, position);
        }
    }

    private long weightBytes() {
        long around = Stream.of(
                        Stream.of(weights.head(), weights.norm(), weights.perLayerProjectionNorm()),
                        weights.altupProjections().stream(),
                        weights.altupUnembedProjections().stream())
                .flatMap(s -> s)
                .mapToLong(DecodeTraffic::bytes)
                .sum();
        return around + kept().mapToLong(this::layerBytes).sum();
    }

    private long layerBytes(int layer) {
        LayerWeights w = weights.layers().get(layer);
        int perLayer = config.hiddenSizePerLayerInput();
        DeviceTensor projection = weights.perLayerModelProjection().rows(layer * perLayer, perLayer);
        long fixed = Stream.concat(Stream.of(projection), w.unsliced())
                .mapToLong(DecodeTraffic::bytes)
                .sum();
        FfnWeights ffn = w.ffn().narrow(slice.ffn().get(layer));
        float sparsity = skipsSparseRows ? config.activationSparsityPattern().get(layer) : 0;
        return fixed + bytes(ffn.gate()) + (long) (bytes(ffn.up()) * (1 - sparsity)) + bytes(ffn.down());
    }

    private long cacheBytes(KvCache cache, int position) {
        return kept().mapToLong(layer -> {
                    boolean local = config.layerTypes().get(layer) == LayerType.LOCAL;
                    int seen = local ? Math.min(position + 1, config.slidingWindow()) : position + 1;
                    return bytes(cache.keys(layer).rows(0, seen))
                            + bytes(cache.values(layer).rows(0, seen));
                })
                .sum();
    }

    private IntStream kept() {
        return IntStream.range(0, config.numHiddenLayers()).filter(slice::keeps);
    }

    private static long bytes(DeviceTensor tensor) {
        return tensor.type().bytes((long) tensor.rows() * tensor.columns());
    }
}
