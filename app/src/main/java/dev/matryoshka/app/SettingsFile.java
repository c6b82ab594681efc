package dev.matryoshka.app;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.matryoshka.engine.GenerationConfig;
import dev.matryoshka.engine.error.InvalidRequestException;
import dev.matryoshka.engine.error.MatryoshkaException;
import dev.matryoshka.ui.settings.Settings;
import dev.matryoshka.ui.settings.Settings.Engine;
import dev.matryoshka.ui.settings.Settings.Place;
import dev.matryoshka.ui.settings.SettingsStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Settings as a JSON object in a file, replaced as a whole so that a crash leaves the old one or the new one. Fields that this
 * version doesn't know stay. A damaged file is put aside and said.
 */
final class SettingsFile implements SettingsStore {
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private final Path file;
    private final ObjectNode fields;
    private final Settings found;
    private @Nullable MatryoshkaException problem;

    private SettingsFile(Path file) {
        this.file = file;
        ObjectNode read = JSON.createObjectNode();
        Settings settings = Settings.DEFAULTS;
        try {
            if (Files.exists(file)) {
                read = (ObjectNode) JSON.readTree(Files.readAllBytes(file));
                settings = settings(read);
            }
        } catch (JsonProcessingException | ClassCastException | MatryoshkaException e) {
            read = JSON.createObjectNode();
            problem = setAside(e);
        } catch (IOException e) {
            problem = new InvalidRequestException(
                    "the settings in " + file + " can't be read (" + e.getMessage() + ")",
                    "check that you may read it",
                    e);
        }
        fields = read;
        found = settings;
    }

    /** Reads a file, which need not be there. Never fails: see {@link #problem}. */
    static SettingsFile open(Path file) {
        return new SettingsFile(file);
    }

    private MatryoshkaException setAside(Exception cause) {
        Path aside = file.resolveSibling(file.getFileName() + ".broken");
        try {
            Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
            return new InvalidRequestException(
                    "the settings in " + file + " are damaged", "they begin anew; the old ones are in " + aside, cause);
        } catch (IOException e) {
            return new InvalidRequestException("the settings in " + file + " are damaged", "delete that file", e);
        }
    }

    private static Settings settings(ObjectNode from) {
        Settings base = Settings.DEFAULTS;
        GenerationConfig own = base.own();
        return new Settings(
                word(from, "sampling", base.preset()),
                new GenerationConfig(
                        (float) from.path("temperature").asDouble(own.temperature()),
                        from.path("top_k").asInt(own.topK()),
                        (float) from.path("top_p").asDouble(own.topP()),
                        (float) from.path("min_p").asDouble(own.minP()),
                        (float) from.path("repetition_penalty").asDouble(own.repetitionPenalty()),
                        0,
                        own.maxTokens()),
                from.hasNonNull("seed") ? (Long) from.get("seed").asLong() : null,
                from.path("max_tokens").asInt(base.maxTokens()),
                from.path("system").asText(base.system()),
                word(from, "appearance", base.appearance()),
                from.path("font_size").asInt(base.fontSize()),
                from.hasNonNull("ple_cache_bytes")
                        ? (Long) Math.max(0, from.get("ple_cache_bytes").asLong())
                        : null,
                from.path("window") instanceof ObjectNode w
                        ? new Place(
                                w.path("x").asDouble(),
                                w.path("y").asDouble(),
                                w.path("width").asDouble(),
                                w.path("height").asDouble())
                        : null,
                engine(from, base.engine()));
    }

    private static Engine engine(ObjectNode from, Engine base) {
        List<String> added = new ArrayList<>();
        from.path("added_models").forEach(place -> added.add(place.asText()));
        return new Engine(
                from.hasNonNull("model") ? from.get("model").asText() : null,
                from.path("device").asText(base.device()),
                added);
    }

    /** One of the constants by its name; the default where it is none, as a newer version may have more. */
    private static <E extends Enum<E>> E word(ObjectNode from, String field, E otherwise) {
        String name = from.path(field).asText("").toUpperCase(Locale.ROOT);
        for (E constant : otherwise.getDeclaringClass().getEnumConstants()) {
            if (constant.name().equals(name)) {
                return constant;
            }
        }
        return otherwise;
    }

    @Override
    public Settings settings() {
        return found;
    }

    @Override
    public @Nullable MatryoshkaException problem() {
        return problem;
    }

    @Override
    public synchronized void save(Settings settings) {
        put(settings);
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Path fresh = file.resolveSibling(file.getFileName() + ".new");
            Files.write(fresh, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(fields));
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new InvalidRequestException(
                    "the settings can't be kept in " + file + " (" + e.getMessage() + ")",
                    "free some space or check that you may write there",
                    e);
        }
    }

    private void put(Settings settings) {
        GenerationConfig own = settings.own();
        fields.put("sampling", lower(settings.preset()))
                .put("temperature", own.temperature())
                .put("top_k", own.topK())
                .put("top_p", own.topP())
                .put("min_p", own.minP())
                .put("repetition_penalty", own.repetitionPenalty())
                .put("seed", settings.seed())
                .put("max_tokens", settings.maxTokens())
                .put("system", settings.system())
                .put("appearance", lower(settings.appearance()))
                .put("font_size", settings.fontSize())
                .put("ple_cache_bytes", settings.perLayerBytes())
                .put("model", settings.engine().model())
                .put("device", settings.engine().device());
        ArrayNode added = fields.putArray("added_models");
        settings.engine().added().forEach(added::add);
        Place place = settings.place();
        if (place != null) {
            fields.withObjectProperty("window")
                    .put("x", place.x())
                    .put("y", place.y())
                    .put("width", place.width())
                    .put("height", place.height());
        }
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
