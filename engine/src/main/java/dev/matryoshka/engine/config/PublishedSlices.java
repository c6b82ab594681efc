package dev.matryoshka.engine.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;

/** The slices that the makers of Gemma 3n published with their scores (MatFormer Lab), for the shape of E4B. */
final class PublishedSlices {
    private static final int LAYERS = 35;
    private static final int WIDTH = 16_384;

    private PublishedSlices() {}

    /**
     * A slice and its score.
     *
     * @param mmlu of the pretrained model, percent
     */
    record Published(MatFormerSlice slice, double mmlu) {}

    /** All of them where the model has their shape, else none. */
    static List<Published> of(TextConfig config) {
        boolean fits = config.numHiddenLayers() == LAYERS
                && config.intermediateSize().stream().allMatch(width -> width == WIDTH);
        if (!fits) {
            return List.of();
        }
        try (InputStream in = PublishedSlices.class.getResourceAsStream("slicing-configs.json")) {
            List<Published> all = new ArrayList<>();
            new ObjectMapper().readTree(Objects.requireNonNull(in)).forEach(node -> all.add(published(node)));
            return all;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Published published(JsonNode node) {
        Set<Integer> wide = layers(node.path("wide_layers"));
        List<Integer> ffn = IntStream.range(0, LAYERS)
                .mapToObj(layer -> wide.contains(layer) ? WIDTH : WIDTH / 2)
                .toList();
        MatFormerSlice slice =
                new MatFormerSlice(shortName(node.path("name").asText()), layers(node.path("skipped_layers")), ffn);
        return new Published(slice, node.path("mmlu_pretrained_percent").asDouble());
    }

    private static Set<Integer> layers(JsonNode list) {
        Set<Integer> layers = new HashSet<>();
        list.forEach(layer -> layers.add(layer.asInt()));
        return layers;
    }

    /** {@code E2.98B (layer-level)} is called E2.98-layer, {@code official E2B Model} E2B, {@code Main model} E4B. */
    private static String shortName(String name) {
        return switch (name) {
            case "Main model" -> "E4B";
            case "official E2B Model" -> "E2B";
            default -> name.replaceFirst("B? \\((layer|block)-level\\)", "-$1").replaceFirst("B$", "");
        };
    }
}
