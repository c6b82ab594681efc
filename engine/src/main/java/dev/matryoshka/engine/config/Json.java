package dev.matryoshka.engine.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.matryoshka.engine.error.ModelFormatException;
import dev.matryoshka.engine.error.ModelNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Small JSON files as trees, with failures as typed errors. */
public final class Json {
    /** Configurations are kilobytes; whatever is larger is something else. */
    private static final long MAX_BYTES = 64 << 20;

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Json() {}

    /**
     * Reads a JSON object.
     *
     * @throws ModelNotFoundException there is no such file
     * @throws ModelFormatException it is not one JSON object
     */
    public static JsonNode read(Path file) {
        try {
            if (!Files.isRegularFile(file)) {
                throw new ModelNotFoundException(
                        "there is no " + file, "name a folder with a complete model (config.json and its weights)");
            }
            if (Files.size(file) > MAX_BYTES) {
                throw new ModelFormatException(file.getFileName() + " is far too large", "fetch the model again");
            }
            JsonNode node = MAPPER.readTree(Files.readAllBytes(file));
            if (!node.isObject()) {
                throw new ModelFormatException(file.getFileName() + " is not a JSON object", "fetch the model again");
            }
            return node;
        } catch (JsonProcessingException e) {
            throw new ModelFormatException(
                    file.getFileName() + " is not valid JSON (" + e.getOriginalMessage() + ")",
                    "fetch the model again",
                    e);
        } catch (IOException e) {
            throw new ModelFormatException(
                    file + " can't be read (" + e.getMessage() + ")", "check that it is a file you may read", e);
        }
    }
}
