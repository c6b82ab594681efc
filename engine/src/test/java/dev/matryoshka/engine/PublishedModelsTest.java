package dev.matryoshka.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.config.ModelConfig;
import dev.matryoshka.engine.config.PublishedModels;
import dev.matryoshka.engine.config.SliceCatalog;
import dev.matryoshka.engine.config.TextConfig;
import dev.matryoshka.engine.error.ModelNotFoundException;
import dev.matryoshka.engine.text.DecoderTensors;
import dev.matryoshka.engine.text.TextWeights;
import dev.matryoshka.engine.weights.DType;
import dev.matryoshka.engine.weights.Tensor;
import dev.matryoshka.engine.weights.WeightSource;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Their shapes, without their gigabytes. */
class PublishedModelsTest {
    private static final long TOWERS = 294_126_912 + 681_348_640 + 4_460_544 + 3_345_408;

    /** Keys, values and their norm in a layer that shares another's: published counts have them. */
    private static final long UNUSED_KEYS = 2 * 512 * 2048 + 256;

    @ParameterizedTest
    @CsvSource({"E2B, 5439438272, 10, 8192", "E4B, 7849978192, 15, 16384"})
    void parametersAreThePublishedOnes(String name, long published, int sharing, int width) {
        TextConfig config = PublishedModels.textOnly(name).text();
        Shapes shapes = new Shapes();
        try (Backend backend = Devices.open("cpu:1")) {
            TextWeights.load(shapes, config, backend);
        }
        assertEquals(published - TOWERS - sharing * UNUSED_KEYS, ModelSize.all(shapes));
        long effective = ModelSize.effective(config, MatFormerSlice.whole(config));
        assertEquals(width == 8192 ? 1_905_495_648L : 3_980_491_248L, effective);
        assertEquals(onDevice(shapes), listed(config));
    }

    /** What the decoder asked for, but the table that stays with the host. */
    private static Map<String, Long> onDevice(Shapes shapes) {
        Map<String, Long> sizes = new TreeMap<>();
        shapes.asked.forEach((name, shape) -> sizes.put(
                name.substring("model.".length()),
                shape.stream().mapToLong(i -> i).reduce(1, (a, b) -> a * b)));
        sizes.remove("embed_tokens_per_layer.weight");
        return sizes;
    }

    /** What is said to be there before anything is loaded. */
    private static Map<String, Long> listed(TextConfig config) {
        Map<String, Long> sizes = new TreeMap<>();
        DecoderTensors.of(config, MatFormerSlice.whole(config))
                .forEach(tensor -> sizes.put(tensor.name(), tensor.elements()));
        return sizes;
    }

    @Test
    void theOneIsASliceOfTheOther() {
        TextConfig small = PublishedModels.textOnly("E2B").text();
        TextConfig large = PublishedModels.textOnly("E4B").text();
        MatFormerSlice slice = new SliceCatalog(large, null).find("E2B");
        assertEquals(
                small.numHiddenLayers(), large.numHiddenLayers() - slice.skip().size());
        assertEquals(small.intermediateSize(), slice.ffn().subList(0, 30));
        assertEquals(small.layerTypes(), large.layerTypes().subList(0, 30));
        assertEquals(
                small.activationSparsityPattern(),
                large.activationSparsityPattern().subList(0, 30));
    }

    @Test
    void textAlone() {
        ModelConfig config = PublishedModels.textOnly("E2B");
        assertNull(config.vision());
        assertNull(config.audio());
        assertEquals(Set.of(1, 106), config.tokens().stop());
        assertEquals(List.of("E2B", "E4B"), PublishedModels.names());
    }

    @Test
    void othersAreRefused() {
        LoadOptions options = LoadOptions.named("E3B");
        ModelNotFoundException e =
                assertThrows(ModelNotFoundException.class, () -> Gemma3n.synthetic("E3B", DType.Q4_0, 1, options));
        assertTrue(e.remedy().contains("E4B"), e.remedy());
    }

    /** Remembers what was asked for; nobody reads the values. */
    private static final class Shapes implements WeightSource {
        private final Map<String, List<Integer>> asked = new LinkedHashMap<>();

        @Override
        public Map<String, List<Integer>> shapes() {
            return asked;
        }

        @Override
        public @Nullable Tensor find(String name) {
            return null;
        }

        @Override
        @SuppressWarnings("restricted") // addresses that nobody follows
        public Tensor require(String name, int... shape) {
            List<Integer> sizes = Arrays.stream(shape).boxed().toList();
            asked.put(name, sizes);
            long count = sizes.stream().mapToLong(i -> i).reduce(1, (a, b) -> a * b);
            return new Tensor(name, DType.BF16, sizes, MemorySegment.NULL.reinterpret(2 * count));
        }

        @Override
        public void close() {}
    }
}
