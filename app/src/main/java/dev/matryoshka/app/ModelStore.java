package dev.matryoshka.app;

import dev.matryoshka.app.hub.HubCache;
import dev.matryoshka.app.hub.HubId;
import dev.matryoshka.assets.EmbeddedAssets;
import dev.matryoshka.engine.error.ModelNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

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
     * @param name {@code embedded}, a folder, a GGUF file, or a name as {@link HubId} has it
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
        return HubId.find(name)
                .flatMap(this::cached)
                .map(found -> new Found(name, found))
                .orElseThrow(() -> missing(name));
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

    /** The hub's caches, the one that is written to first. */
    List<HubCache> caches() {
        return folders.hubCaches().stream().distinct().map(HubCache::new).toList();
    }

    private Optional<Path> cached(HubId id) {
        return caches().stream().flatMap(cache -> cache.find(id).stream()).findFirst();
    }

    private ModelNotFoundException missing(String name) {
        List<String> types = HubId.find(name).stream()
                .flatMap(id -> caches().stream().flatMap(cache -> cache.snapshot(id).stream()))
                .flatMap(files -> HubCache.ggufs(files).stream())
                .map(file -> HubId.typeOf(file.getFileName().toString()))
                .toList();
        return types.isEmpty()
                ? new ModelNotFoundException(
                        "there is no model '" + name + "', neither as a folder or file nor in the Hugging Face cache",
                        "name a GGUF file, a folder with config.json, tokenizer.json and model.safetensors, or fetch one with"
                                + " 'matryoshka pull google/gemma-3n-E2B-it'")
                : new ModelNotFoundException(
                        "'" + name + "' names none of the GGUF files that are here, " + String.join(", ", types),
                        "add one of these after a colon, or fetch another one with 'matryoshka pull'");
    }
}
