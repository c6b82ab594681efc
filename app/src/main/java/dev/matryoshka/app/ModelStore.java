package dev.matryoshka.app;

import dev.matryoshka.assets.EmbeddedAssets;
import dev.matryoshka.engine.error.ModelNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds models: the embedded one, a folder, a GGUF file, or a hub id in the caches that Hugging Face's tools fill. */
final class ModelStore {
    /** Id of the model that ships with the program. */
    static final String EMBEDDED = "embedded";

    private final AppFolders folders;

    ModelStore(AppFolders folders) {
        this.folders = folders;
    }

    /**
     * A model that was found.
     *
     * @param path a Hugging Face folder or a GGUF file
     */
    record Found(String id, Path path) {
        /** Where its tokenizer is. */
        Path tokenizer() {
            return Files.isDirectory(path) ? path.resolve("tokenizer.json") : path;
        }
    }

    /**
     * Finds a model.
     *
     * @param name {@code embedded}, a folder, a GGUF file, or a hub id such as {@code google/gemma-3n-E2B-it}
     * @throws ModelNotFoundException there is none
     */
    Found find(String name) {
        if (name.equals(EMBEDDED)) {
            return new Found(EMBEDDED, assets().model());
        }
        Optional<Path> path = path(name);
        if (path.isPresent()) {
            return new Found(fileName(path.get()), path.get());
        }
        return snapshot(name)
                .map(snapshot -> new Found(name, snapshot))
                .orElseThrow(() -> new ModelNotFoundException(
                        "there is no model '" + name + "', neither as a folder or file nor in the Hugging Face cache",
                        "name a GGUF file, a folder with config.json, tokenizer.json and model.safetensors, or fetch one with"
                                + " 'hf download google/gemma-3n-E2B-it'"));
    }

    /** The assets of the program. */
    EmbeddedAssets assets() {
        try {
            return EmbeddedAssets.open(folders.cache());
        } catch (IOException e) {
            throw new ModelNotFoundException(
                    "the embedded model can't be unpacked below " + folders.cache() + " (" + e.getMessage() + ")",
                    "free some space there or set XDG_CACHE_HOME to a folder that can be written",
                    e);
        }
    }

    private static Optional<Path> path(String name) {
        try {
            Path path = Path.of(name);
            return Files.exists(path) ? Optional.of(path) : Optional.empty();
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    private static String fileName(Path path) {
        Path name = path.toAbsolutePath().normalize().getFileName();
        return name == null ? path.toString() : name.toString();
    }

    /** The newest snapshot of {@code models--owner--name} that has a configuration. */
    private Optional<Path> snapshot(String id) {
        if (!id.matches("[\\w.-]+/[\\w.-]+")) {
            return Optional.empty();
        }
        String folder = "models--" + id.replace("/", "--");
        return folders.hubCaches().stream()
                .map(cache -> cache.resolve(folder).resolve("snapshots"))
                .filter(Files::isDirectory)
                .flatMap(ModelStore::children)
                .filter(snapshot -> Files.exists(snapshot.resolve("config.json")))
                .findFirst();
    }

    private static Stream<Path> children(Path folder) {
        try (Stream<Path> children = Files.list(folder)) {
            return children
                    .sorted((a, b) ->
                            Long.compare(b.toFile().lastModified(), a.toFile().lastModified()))
                    .toList()
                    .stream();
        } catch (IOException e) {
            return Stream.empty();
        }
    }
}
