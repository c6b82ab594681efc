package dev.matryoshka.engine.tokenizer;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.matryoshka.engine.support.GemmaVocabulary;
import dev.matryoshka.engine.support.Golden;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** What the tokenizers library gives, and the vocabularies that it was asked with. */
final class Cases {
    static final Path NANO = Golden.path("tokenizer/nano/tokenizer.json");

    private Cases() {}

    /** Gemma's own; skips the test where it can't be had. */
    static Path gemma() {
        Optional<Path> file = GemmaVocabulary.find();
        assumeTrue(file.isPresent(), GemmaVocabulary.MISSING);
        return file.orElseThrow();
    }

    static JsonNode read(String name) throws IOException {
        JsonNode rows =
                new ObjectMapper().readTree(Golden.path("tokenizer/" + name).toFile());
        assertTrue(rows.size() > 20, name);
        return rows;
    }

    static int[] ids(JsonNode row, String field) {
        int[] ids = new int[row.path(field).size()];
        Arrays.setAll(ids, i -> row.path(field).get(i).asInt());
        return ids;
    }
}
