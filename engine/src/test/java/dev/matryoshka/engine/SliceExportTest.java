package dev.matryoshka.engine;

import static dev.matryoshka.engine.support.Golden.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.config.TextConfig;
import dev.matryoshka.engine.error.InvalidRequestException;
import dev.matryoshka.engine.error.InvalidSliceException;
import dev.matryoshka.engine.support.Golden;
import dev.matryoshka.engine.weights.SafetensorsFile;
import dev.matryoshka.engine.weights.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A slice cut out as a checkpoint of its own, against the reference's own cut. */
class SliceExportTest {
    @TempDir
    private Path folder = Path.of("");

    @ParameterizedTest
    @ValueSource(strings = {"half-ffn", "mixed-ffn", "skip-6-7", "skip-5-8-mixed"})
    void speaksLikeTheReferencesCut(String cut) throws IOException {
        Path to = folder.resolve("cut");
        try (SafetensorsFile golden = Golden.open("tiny-text/cases/slice-" + cut + ".safetensors")) {
            Set<Integer> skip = new HashSet<>();
            IntStream.of(Golden.ints(golden, "skip")).forEach(skip::add);
            List<Integer> ffn = IntStream.of(Golden.ints(golden, "ffn")).boxed().toList();
            SliceExport.write(Golden.path("tiny-text"), to, config -> new MatFormerSlice(cut, skip, ffn));
            try (Gemma3n gemma = Gemma3n.load(to, LoadOptions.named(cut))) {
                TextConfig config = gemma.config().text();
                assertEquals(10 - skip.size(), config.numHiddenLayers());
                assertEquals(5 - skip.stream().filter(layer -> layer >= 5).count(), config.numKvSharedLayers());
                Path results = folder.resolve("results.safetensors");
                int[] expected = Golden.ints(golden, "greedy_ids");
                Probe.run(gemma, golden, expected.length).write(results);
                try (SafetensorsFile actual = SafetensorsFile.open(results)) {
                    assertClose("logits", Golden.floats(golden, "logits"), Golden.floats(actual, "logits"), 2e-3f);
                    assertArrayEquals(expected, Golden.ints(actual, "greedy_ids"));
                }
            }
            assertTrue(Files.size(to.resolve("model.safetensors"))
                    < Files.size(Golden.path("tiny-text").resolve("model.safetensors")));
            assertTrue(Files.exists(to.resolve("generation_config.json")));
        }
    }

    @Test
    void towersStayAsTheyAre() {
        Path from = Golden.path("tiny-multimodal");
        Path to = folder.resolve("cut");
        SliceExport.write(from, to, config -> MatFormerSlice.uniform("half", config, 0.5));
        try (SafetensorsFile before = SafetensorsFile.open(from.resolve("model.safetensors"));
                SafetensorsFile after = SafetensorsFile.open(to.resolve("model.safetensors"))) {
            assertEquals(before.shapes().keySet(), after.shapes().keySet());
            for (String name : before.shapes().keySet()) {
                Tensor whole = Objects.requireNonNull(before.find(name));
                Tensor cut = Objects.requireNonNull(after.find(name));
                boolean same = whole.shape().equals(cut.shape()) && whole.data().mismatch(cut.data()) < 0;
                assertEquals(!name.contains(".mlp."), same, name);
            }
            assertNull(after.find("model.language_model.layers.0.mlp.no_such.weight"));
        }
        Gemma3n.load(to, LoadOptions.named("half")).close();
    }

    @Test
    void nothingIsOverwrittenAndNothingImpossibleBegun() throws IOException {
        Path from = Golden.path("tiny-text");
        Files.writeString(folder.resolve("mine.txt"), "mine");
        assertThrows(InvalidRequestException.class, () -> SliceExport.write(from, folder, MatFormerSlice::whole));
        Path to = folder.resolve("cut");
        assertThrows(
                InvalidSliceException.class,
                () -> SliceExport.write(
                        from, to, config -> new MatFormerSlice("feeds", Set.of(4), config.intermediateSize())));
        assertFalse(Files.exists(to));
    }
}
