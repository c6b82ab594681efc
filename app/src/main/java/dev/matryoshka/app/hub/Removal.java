package dev.matryoshka.app.hub;

import dev.matryoshka.engine.checkpoint.Projectors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/** Removes models from a cache. A kill on the way leaves the store without them, or as it was. */
public final class Removal {
    /** What is on its way out; no tool takes it for a model. */
    private static final String LEAVING = ".removed-";

    private Removal() {}

    /** Removes a repository with every revision, or one GGUF file of it where others stay. */
    public static void remove(HubCache cache, HubId id) throws IOException {
        Path file = id.type() == null ? null : cache.find(id).orElse(null);
        if (file != null
                && cache.snapshot(id).map(HubCache::ggufs).orElse(List.of()).size() > 1) {
            Files.delete(file);
            deleteProjectors(Objects.requireNonNull(file.getParent()));
            sweepBlobs(cache, id);
        } else {
            Path leaving = cache.root().resolve(LEAVING + UUID.randomUUID());
            Files.move(cache.folder(id), leaving, StandardCopyOption.ATOMIC_MOVE);
        }
        sweepLeaving(cache);
    }

    /** Towers beside which no model is left, as where each type has a folder of its own. */
    private static void deleteProjectors(Path folder) throws IOException {
        if (!HubCache.ggufs(folder).isEmpty()) {
            return;
        }
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                if (Projectors.isProjector(file.getFileName().toString())) {
                    Files.delete(file);
                }
            }
        }
    }

    /** Blobs that nothing names any more. */
    private static void sweepBlobs(HubCache cache, HubId id) throws IOException {
        Set<Path> named = new HashSet<>();
        try (Stream<Path> links = Files.walk(cache.snapshots(id))) {
            for (Path link : links.filter(Files::isRegularFile).toList()) {
                named.add(link.toRealPath());
            }
        }
        try (Stream<Path> blobs = Files.list(cache.blobs(id))) {
            for (Path blob : blobs.toList()) {
                if (!blob.toString().endsWith(HubCache.INCOMPLETE) && !named.contains(blob.toRealPath())) {
                    Files.delete(blob);
                }
            }
        }
    }

    private static void sweepLeaving(HubCache cache) throws IOException {
        try (Stream<Path> children = Files.list(cache.root())) {
            for (Path leaving : children.filter(Removal::isLeaving).toList()) {
                delete(leaving);
            }
        }
    }

    private static boolean isLeaving(Path path) {
        return path.getFileName().toString().startsWith(LEAVING) && Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
    }

    /** Links are deleted, not what they lead to. */
    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
