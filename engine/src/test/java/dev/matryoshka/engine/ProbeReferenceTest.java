package dev.matryoshka.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.config.TextConfig;
import dev.matryoshka.engine.error.InvalidRequestException;
import dev.matryoshka.engine.support.Golden;
import dev.matryoshka.engine.support.TestDevice;
import dev.matryoshka.engine.weights.SafetensorsFile;
import dev.matryoshka.engine.weights.SyntheticWeights;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole cases, from samples and pixels to logits, by the path that the command {@code probe} takes. */
class ProbeReferenceTest {
    private static final float TINY = 2e-3f;

    @ParameterizedTest
    @ValueSource(strings = {"multimodal", "vision-64", "vision-96", "audio-5000", "audio-28000"})
    void equalsTheReference(String name, @TempDir Path folder) throws IOException {
        Path file = folder.resolve("out.safetensors");
        try (Gemma3n model = synthetic("tiny-multimodal");
                SafetensorsFile golden = Golden.open("tiny-multimodal/cases/" + name + ".safetensors")) {
            Probe.run(model, golden, 12).write(file);
            try (SafetensorsFile out = SafetensorsFile.open(file)) {
                for (String tensor :
                        List.of("logits", "greedy_logits", "last_hidden_state", "soft_tokens", "input_features")) {
                    if (golden.find(tensor) != null) {
                        Golden.assertClose(tensor, Golden.floats(golden, tensor), Golden.floats(out, tensor), TINY);
                        Golden.assertSameShape(tensor, golden, out);
                    }
                }
                if (golden.find("greedy_ids") != null) {
                    assertArrayEquals(Golden.ints(golden, "greedy_ids"), Golden.ints(out, "greedy_ids"));
                }
            }
        }
    }

    @Test
    void storedWeightsEqualTheFormula() {
        Path folder = Golden.path("tiny-multimodal");
        try (SafetensorsFile stored = SafetensorsFile.open(folder.resolve("model.safetensors"));
                SyntheticWeights formula = new SyntheticWeights(stored.shapes(), 1)) {
            stored.tensors()
                    .forEach((name, tensor) -> assertArrayEquals(
                            tensor.toFloats(),
                            Objects.requireNonNull(formula.find(name)).toFloats(),
                            name));
        }
    }

    /** The stored weights, without a tokenizer beside them. */
    @ParameterizedTest
    @ValueSource(strings = {"tiny-text/cases/text-9", "tiny-hot/cases/text-9", "tiny-text/cases/slice-skip-6-7"})
    void foldersWithoutATokenizer(String name, @TempDir Path folder) throws IOException {
        Path model = Golden.path(name.substring(0, name.indexOf('/')));
        Path file = folder.resolve("out.safetensors");
        try (SafetensorsFile golden = Golden.open(name + ".safetensors");
                Gemma3n gemma = Gemma3n.load(model, TestDevice.options("test").withSlice(c -> slice(golden, c)))) {
            Probe.run(gemma, golden, 12).write(file);
            try (SafetensorsFile out = SafetensorsFile.open(file)) {
                Golden.assertClose("logits", Golden.floats(golden, "logits"), Golden.floats(out, "logits"), TINY);
                assertArrayEquals(Golden.ints(golden, "greedy_ids"), Golden.ints(out, "greedy_ids"));
            }
            assertThrows(InvalidRequestException.class, () -> gemma.newChat("").close());
        }
    }

    private static MatFormerSlice slice(SafetensorsFile golden, TextConfig config) {
        if (golden.find("ffn") == null) {
            return MatFormerSlice.whole(config);
        }
        return new MatFormerSlice(
                "cut",
                IntStream.of(Golden.ints(golden, "skip")).boxed().collect(Collectors.toSet()),
                IntStream.of(Golden.ints(golden, "ffn")).boxed().toList());
    }

    private static Gemma3n synthetic(String folder) {
        return Gemma3n.synthetic(Golden.path(folder), 1, TestDevice.options(folder));
    }
}
