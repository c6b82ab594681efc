package dev.matryoshka.engine;

import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.config.TextConfig;
import dev.matryoshka.engine.text.DecoderTensors;
import dev.matryoshka.engine.weights.DType;
import dev.matryoshka.engine.weights.WeightSource;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Counts parameters and bytes. */
final class ModelSize {
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
     * without skipped layers and what lies beyond each layer's width, with the keys and values that layers above the
     * sharing point have in the table alone.
     */
    static long effective(TextConfig config, MatFormerSlice slice) {
        long used = DecoderTensors.of(config, slice).stream()
                .filter(tensor -> !tensor.name().startsWith("embed_tokens"))
                .mapToLong(DecoderTensors.Shape::elements)
                .sum();
        long sharing = IntStream.range(config.firstKvSharedLayer(), config.numHiddenLayers())
                .filter(slice::keeps)
                .count();
        long heads = (long) config.numKeyValueHeads() * config.headDim();
        return used + sharing * (2 * heads * config.hiddenSize() + config.headDim());
    }

    /**
     * Bytes of weights that a slice needs on a device, its head included.
     *
     * @param type stored type of a tensor
     */
    static long deviceBytes(TextConfig config, MatFormerSlice slice, Function<DecoderTensors.Shape, DType> type) {
        return DecoderTensors.of(config, slice).stream()
                .mapToLong(tensor -> type.apply(tensor).bytes(tensor.elements()))
                .sum();
    }

    private static long elements(List<Integer> shape) {
        return shape.stream().mapToLong(i -> i).reduce(1, (a, b) -> a * b);
    }
}
