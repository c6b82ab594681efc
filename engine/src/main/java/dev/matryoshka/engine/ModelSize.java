package dev.matryoshka.engine;

import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.config.TextConfig;
import dev.matryoshka.engine.weights.WeightSource;
import java.util.List;
import java.util.Map;

/** Counts parameters. */
final class ModelSize {
    private static final List<String> NOT_DECODER =
            List.of("_tower.", "embed_tokens", "embed_vision.", "embed_audio.", "lm_head");

    private ModelSize() {}

    /** Everything in the checkpoint; a head that repeats the token table counts once. */
    static long all(WeightSource weights) {
        return weights.shapes().entrySet().stream()
                .filter(tensor -> !tensor.getKey().contains("lm_head"))
                .mapToLong(tensor -> elements(tensor.getValue()))
                .sum();
    }

    /**
     * Effective parameters of a slice as the published table counts them: the decoder without its two embedding tables,
     * without skipped layers and what lies beyond each layer's width.
     */
    static long effective(WeightSource weights, TextConfig config, MatFormerSlice slice) {
        long count = 0;
        for (Map.Entry<String, List<Integer>> tensor : weights.shapes().entrySet()) {
            String name = tensor.getKey();
            boolean decoder = NOT_DECODER.stream().noneMatch(name::contains);
            if (decoder && slice.keeps(layer(name))) {
                count += elements(tensor.getValue());
            }
        }
        long hidden = config.hiddenSize();
        long perLayer = config.hiddenSizePerLayerInput() * hidden;
        for (int layer = 0; layer < config.numHiddenLayers(); layer++) {
            long beyond =
                    config.intermediateSize().get(layer) - (long) slice.ffn().get(layer);
            count -= slice.keeps(layer) ? 3 * hidden * beyond : perLayer;
        }
        return count;
    }

    /** The layer that a name belongs to, or -1. */
    private static int layer(String name) {
        String[] parts = name.split("\\.");
        for (int i = 0; i + 1 < parts.length; i++) {
            if (parts[i].equals("layers")) {
                return Integer.parseInt(parts[i + 1]);
            }
        }
        return -1;
    }

    private static long elements(List<Integer> shape) {
        return shape.stream().mapToLong(i -> i).reduce(1, (a, b) -> a * b);
    }
}
