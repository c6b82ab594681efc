package dev.matryoshka.app;

import dev.matryoshka.app.hub.HubCache;
import dev.matryoshka.app.hub.HubId;
import dev.matryoshka.engine.ModelDetails;
import dev.matryoshka.engine.checkpoint.Projectors;
import dev.matryoshka.engine.config.ConfigReader;
import dev.matryoshka.engine.config.Json;
import dev.matryoshka.engine.error.MatryoshkaException;
import dev.matryoshka.engine.weights.Weights;
import dev.matryoshka.engine.weights.gguf.GgufFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The models on this machine that can be named, and what is known of each without loading it. */
final class ModelCatalog {
    /** As GGUF files and {@code model_type} have it. */
    static final String ARCHITECTURE = "gemma3n";

    /** {@code license: gemma} in the lines that a model card begins with. */
    private static final Pattern LICENCE = Pattern.compile("(?m)^license(?:_name)?:\\s*[\"']?([^\\s\"']+)");

    private static final Pattern CARD = Pattern.compile("\\A---\\R(.*?)\\R---", Pattern.DOTALL);

    private final ModelStore store;

    /**
     * A model.
     *
     * @param id what {@code --model} takes
     * @param path its folder or GGUF file
     * @param diskBytes of its files
     * @param begun whether it is fetched in part
     * @param problem why it can't be used; null where nothing speaks against it
     */
    record Entry(
            String id,
            Path path,
            long diskBytes,
            boolean begun,
            @Nullable String problem) {}

    ModelCatalog(ModelStore store) {
        this.store = store;
    }

    /** The embedded model, then those of the hub's caches; models of other architectures are left out. */
    List<Entry> entries() {
        Map<String, Entry> entries = new LinkedHashMap<>();
        ModelStore.Found embedded = store.find(ModelStore.EMBEDDED);
        entries.put(embedded.id(), entry(embedded));
        for (HubCache cache : store.caches()) {
            for (HubId repository : cache.repositories()) {
                long begun = cache.snapshot(repository).isPresent() ? 0 : cache.incompleteBytes(repository);
                if (begun > 0) {
                    String rest = "not all of it is here: go on with 'matryoshka pull " + repository + "'";
                    entries.putIfAbsent(
                            repository.toString(), new Entry(repository.toString(), cache.root(), begun, true, rest));
                }
                for (ModelStore.Found found : models(cache, repository)) {
                    if (isGemma3n(found.path())) {
                        entries.putIfAbsent(found.id(), entry(found));
                    }
                }
            }
        }
        return List.copyOf(entries.values());
    }

    /** What the store's own rules find in a repository: its folder, else each of its GGUF files. */
    private static List<ModelStore.Found> models(HubCache cache, HubId repository) {
        Path files = cache.snapshot(repository).orElse(null);
        if (files == null) {
            return List.of();
        }
        List<ModelStore.Found> models = new ArrayList<>();
        if (Files.exists(files.resolve("config.json"))) {
            models.add(new ModelStore.Found(repository.toString(), files));
        }
        for (Path gguf : HubCache.ggufs(files)) {
            String type = HubId.typeOf(gguf.getFileName().toString());
            models.add(new ModelStore.Found(repository + (type.isEmpty() ? "" : ":" + type), gguf));
        }
        return models;
    }

    /** The one that a command names. */
    Entry entry(ModelStore.Found found) {
        return new Entry(found.id(), found.path(), diskBytes(found.path()), false, problem(found.path()));
    }

    /**
     * Its figures on a device.
     *
     * @param projector a GGUF model's {@code mmproj} file; null for the one beside it, if there is one
     * @param device its name, see {@link dev.matryoshka.engine.Devices#open}
     * @param context tokens of a conversation
     * @throws MatryoshkaException it can't be used
     */
    static ModelDetails details(Entry entry, @Nullable Path projector, String device, int context) {
        return ModelDetails.of(entry.path(), projector, device, context, null);
    }

    /**
     * What is in a folder or file outside of the caches: a model, the models right below it, GGUF files. Ids are paths.
     *
     * @return none where there is none
     */
    List<Entry> under(Path place) {
        List<Path> models = new ArrayList<>(HubCache.ggufs(place));
        try (Stream<Path> children = Files.isDirectory(place) ? Files.list(place) : Stream.of(place)) {
            Stream.concat(Stream.of(place), children.sorted())
                    .filter(folder -> Files.exists(folder.resolve("config.json")))
                    .forEach(models::add);
        } catch (IOException | UncheckedIOException e) {
            return List.of();
        }
        return models.stream()
                .distinct()
                .filter(ModelCatalog::isGemma3n)
                .map(model -> entry(new ModelStore.Found(model.toString(), model)))
                .toList();
    }

    /** Whether it says that it is a Gemma 3n model; a damaged one may be. */
    private static boolean isGemma3n(Path model) {
        try {
            if (Files.isDirectory(model)) {
                return Json.read(model.resolve("config.json"))
                        .toString()
                        .toLowerCase(Locale.ROOT)
                        .contains(ARCHITECTURE);
            }
            try (GgufFile file = GgufFile.open(model)) {
                return file.metadata().find("general.architecture").asText("").equals(ARCHITECTURE);
            }
        } catch (MatryoshkaException e) {
            return true;
        }
    }

    /** What opening its files says; their headers alone are read. */
    private static @Nullable String problem(Path model) {
        try {
            if (!Files.isDirectory(model)) {
                GgufFile.open(model).close();
                Path projector = Projectors.beside(model);
                if (projector != null) {
                    GgufFile.open(projector).close();
                }
                return null;
            }
            ConfigReader.read(model);
            Weights.open(model).close();
            return Files.exists(model.resolve("tokenizer.json"))
                    ? null
                    : "it has no tokenizer.json: add the one that belongs to the model";
        } catch (MatryoshkaException e) {
            return e.getMessage();
        }
    }

    /** Bytes of a file with that of its towers, or of the files in a folder, links followed. */
    static long diskBytes(Path model) {
        try (Stream<Path> files = Files.isDirectory(model)
                ? Files.list(model)
                : Stream.concat(Stream.of(model), Stream.ofNullable(Projectors.beside(model)))) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        } catch (IOException | UncheckedIOException e) {
            return 0;
        }
    }

    /** Its licence as its publisher names it; empty where it doesn't say. */
    static String licence(Entry entry) {
        if (entry.id().equals(ModelStore.EMBEDDED)) {
            return "CC-BY-4.0";
        }
        try {
            if (!Files.isDirectory(entry.path())) {
                try (GgufFile file = GgufFile.open(entry.path())) {
                    return file.metadata().find("general.license").asText("");
                }
            }
            Path card = entry.path().resolve("README.md");
            Matcher head = CARD.matcher(Files.exists(card) ? Files.readString(card) : "");
            Matcher licence = LICENCE.matcher(head.find() ? head.group(1) : "");
            return licence.find() ? licence.group(1) : "";
        } catch (IOException | MatryoshkaException e) {
            return "";
        }
    }
}
