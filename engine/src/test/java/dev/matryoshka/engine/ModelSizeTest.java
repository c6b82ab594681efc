package dev.matryoshka.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.matryoshka.engine.config.ConfigReader;
import dev.matryoshka.engine.config.SliceCatalog;
import dev.matryoshka.engine.config.SliceCatalog.Origin;
import dev.matryoshka.engine.config.TextConfig;
import dev.matryoshka.engine.error.InsufficientMemoryException;
import dev.matryoshka.engine.support.Golden;
import dev.matryoshka.engine.weights.SyntheticWeights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Parameters counted as the published tables count them. */
class ModelSizeTest {
    private static final long GB = 1_000_000_000;

    /** Keys, values and their norm in a layer that shares another's: published counts have them, the checkpoint not. */
    private static final long UNUSED_KEYS = 2 * 512 * 2048 + 256;

    @Test
    void publishedSizes(@TempDir Path folder) throws IOException {
        Files.writeString(
                folder.resolve("config.json"),
                "{\"architectures\":[\"Gemma3nForConditionalGeneration\"],\"text_config\":{}}");
        TextConfig config = ConfigReader.read(folder).text();
        try (SyntheticWeights e4b = new SyntheticWeights(shapes(), 1)) {
            assertEquals(7_849_978_192L - 15 * UNUSED_KEYS, ModelSize.all(e4b));
        }
        JsonNode published =
                new ObjectMapper().readTree(SliceCatalog.class.getResourceAsStream("slicing-configs.json"));
        List<SliceCatalog.Entry> entries = new SliceCatalog(config, null)
                .entries().stream().filter(e -> e.origin() == Origin.PUBLISHED).toList();
        assertEquals(published.size(), entries.size());
        for (int i = 0; i < published.size(); i++) {
            assertEquals(
                    published.get(i).path("params_without_embeddings").asLong(),
                    ModelSize.effective(config, entries.get(i).slice()),
                    entries.get(i).slice().name());
        }
    }

    @Test
    void whatDoesNotFitIsRefusedWithFigures() {
        MemoryCheck.check(8 * GB, 8 * GB);
        InsufficientMemoryException e =
                assertThrows(InsufficientMemoryException.class, () -> MemoryCheck.check(20 * GB, 8 * GB));
        assertTrue(e.problem().contains("20.0 GB") && e.problem().contains("8.0 GB"), e.problem());
    }

    private static Map<String, List<Integer>> shapes() throws IOException {
        Map<String, List<Integer>> shapes = new LinkedHashMap<>();
        for (String line : Files.readAllLines(Golden.path("matformer/tensors-e4b.tsv"))) {
            String[] fields = line.split("\t");
            if (fields.length >= 2 && fields[0].contains(".")) {
                String sizes = Arrays.stream(fields)
                        .skip(1)
                        .filter(f -> f.matches("\\[?[0-9]+([x, ]+[0-9]+)*\\]?"))
                        .findFirst()
                        .orElseThrow();
                shapes.put(
                        fields[0],
                        Arrays.stream(sizes.replaceAll("[\\[\\]]", "").split("[x, ]+"))
                                .map(Integer::valueOf)
                                .toList());
            }
        }
        return shapes;
    }
}
