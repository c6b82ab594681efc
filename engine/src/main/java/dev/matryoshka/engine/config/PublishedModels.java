package dev.matryoshka.engine.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.matryoshka.engine.error.ModelNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The decoders of the published models, for whoever wants their shape without their files. */
public final class PublishedModels {
    private static final String FILE = "published-models.json";

    private PublishedModels() {}

    /** Names that {@link #textOnly} knows, the smallest model first. */
    public static List<String> names() {
        List<String> names = new ArrayList<>();
        all().fieldNames().forEachRemaining(names::add);
        return List.copyOf(names);
    }

    /**
     * A published model without its towers.
     *
     * @param name {@code E2B} or {@code E4B}
     * @throws ModelNotFoundException there is none of that name
     */
    public static ModelConfig textOnly(String name) {
        JsonNode text = all().path(name);
        if (!text.isObject()) {
            throw new ModelNotFoundException(
                    "no published model is called '" + name + "'", "use one of " + String.join(", ", names()));
        }
        return ConfigReader.textOnly(FILE, text, JsonNodeFactory.instance.objectNode());
    }

    private static JsonNode all() {
        try (InputStream in = PublishedModels.class.getResourceAsStream(FILE)) {
            return new ObjectMapper().readTree(Objects.requireNonNull(in));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
