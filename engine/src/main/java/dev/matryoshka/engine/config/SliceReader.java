package dev.matryoshka.engine.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.matryoshka.engine.error.InvalidSliceException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/** Mix-n-Match slices by name, published ones among them, or from a file. */
public final class SliceReader {
    private static final int PUBLISHED_LAYERS = 35;
    private static final int PUBLISHED_WIDTH = 16_384;

    private SliceReader() {}

    /**
     * Finds a slice and checks that the model can run it.
     *
     * @param name {@code whole}, {@code half}, a published name such as {@code E2.98}, or a JSON file
     *     {@code {"skip": [layers], "ffn": [width per original layer]}}
     * @throws InvalidSliceException there is none of that name, or it does not fit the model
     */
    public static MatFormerSlice find(String name, TextConfig config) {
        MatFormerSlice slice = byName(name, config)
                .or(() -> fromFile(name))
                .orElseThrow(() -> new InvalidSliceException(
                        "there is no slice '" + name + "' for this model",
                        "use one of " + String.join(", ", names(config)) + ", or a JSON file with skip and ffn"));
        validate(slice, config);
        return slice;
    }

    /** Names that {@link #find} knows for a model. */
    public static List<String> names(TextConfig config) {
        List<String> names = new ArrayList<>(List.of("whole", "half"));
        if (hasPublishedShape(config)) {
            published().forEach(node -> names.add(shortName(node)));
        }
        return names;
    }

    private static Optional<MatFormerSlice> byName(String name, TextConfig config) {
        if (name.equals("whole")) {
            return Optional.of(MatFormerSlice.whole(config));
        }
        if (name.equals("half")) {
            List<Integer> halves = config.intermediateSize().stream()
                    .map(width -> Math.max(1, width / 2))
                    .toList();
            return Optional.of(new MatFormerSlice(name, Set.of(), halves));
        }
        if (!hasPublishedShape(config)) {
            return Optional.empty();
        }
        String wanted = name.toLowerCase(Locale.ROOT);
        for (JsonNode node : published()) {
            if (shortName(node).toLowerCase(Locale.ROOT).equals(wanted)) {
                return Optional.of(published(node));
            }
        }
        return Optional.empty();
    }

    private static boolean hasPublishedShape(TextConfig config) {
        return config.numHiddenLayers() == PUBLISHED_LAYERS
                && config.intermediateSize().stream().allMatch(width -> width == PUBLISHED_WIDTH);
    }

    private static JsonNode published() {
        try (InputStream in = SliceReader.class.getResourceAsStream("slicing-configs.json")) {
            return new ObjectMapper().readTree(Objects.requireNonNull(in));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static MatFormerSlice published(JsonNode node) {
        Set<Integer> skip = new HashSet<>();
        node.path("skipped_layers").forEach(layer -> skip.add(layer.asInt()));
        Set<Integer> wide = new HashSet<>();
        node.path("wide_layers").forEach(layer -> wide.add(layer.asInt()));
        List<Integer> ffn = IntStream.range(0, PUBLISHED_LAYERS)
                .mapToObj(layer -> wide.contains(layer) ? PUBLISHED_WIDTH : PUBLISHED_WIDTH / 2)
                .toList();
        return new MatFormerSlice(shortName(node), skip, ffn);
    }

    /** {@code E2.98B (layer-level)} is called E2.98-layer, {@code official E2B Model} E2B, {@code Main model} E4B. */
    private static String shortName(JsonNode node) {
        String name = node.path("name").asText();
        return switch (name) {
            case "Main model" -> "E4B";
            case "official E2B Model" -> "E2B";
            default -> name.replaceFirst("B? \\((layer|block)-level\\)", "-$1").replaceFirst("B$", "");
        };
    }

    private static Optional<MatFormerSlice> fromFile(String name) {
        Path file;
        try {
            file = Path.of(name);
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        JsonFields fields = new JsonFields(String.valueOf(file.getFileName()), Json.read(file));
        List<Integer> skip = fields.wholes("skip", 0, 1);
        List<Integer> ffn = fields.wholes("ffn", 1, 1);
        if (ffn == null) {
            throw new InvalidSliceException(fields.file() + " has no 'ffn'", "list one width for each original layer");
        }
        return Optional.of(new MatFormerSlice(
                fields.text("name", fields.file().replaceFirst("\\.json$", "")),
                skip == null ? Set.of() : Set.copyOf(new HashSet<>(skip)),
                ffn));
    }

    /**
     * Checks a slice against a model.
     *
     * @throws InvalidSliceException it can't be run, with the reason
     */
    public static void validate(MatFormerSlice slice, TextConfig config) {
        int layers = config.numHiddenLayers();
        check(
                slice.ffn().size() == layers,
                slice.name() + " has " + slice.ffn().size() + " widths for " + layers + " layers",
                "list one width for each original layer, skipped ones included");
        for (int layer = 0; layer < layers; layer++) {
            int width = slice.ffn().get(layer);
            int whole = config.intermediateSize().get(layer);
            check(
                    width >= 1 && width <= whole,
                    slice.name() + " wants width " + width + " in layer " + layer,
                    "choose 1 to " + whole);
        }
        for (int layer : slice.skip()) {
            check(
                    layer >= 0 && layer < layers,
                    slice.name() + " skips layer " + layer + ", which the model hasn't got",
                    "choose layers 0 to " + (layers - 1));
            boolean feeds = IntStream.range(config.firstKvSharedLayer(), layers)
                    .anyMatch(shared -> config.kvSourceLayer(shared) == layer);
            check(
                    !feeds,
                    slice.name() + " skips layer " + layer + ", whose keys and values later layers use",
                    "keep that layer");
        }
        check(slice.skip().size() < layers, slice.name() + " skips every layer", "keep some");
    }

    private static void check(boolean valid, String problem, String remedy) {
        if (!valid) {
            throw new InvalidSliceException(problem, remedy);
        }
    }
}
