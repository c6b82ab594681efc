package dev.matryoshka.app.hub;

import dev.matryoshka.engine.checkpoint.Projectors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A folder laid out as Hugging Face's tools do it: {@code models--owner--name/} with {@code blobs/CHECKSUM}, {@code
 * refs/REVISION}, which holds a commit, and {@code snapshots/COMMIT/FILE}, links to blobs
 * (<a href="https://huggingface.co/docs/huggingface_hub/guides/manage-cache">layout</a>).
 */
public record HubCache(Path root) {
    /** What a file's name ends in while it is fetched; Hugging Face's tools go on from it as well. */
    static final String INCOMPLETE = ".incomplete";

    private static final Pattern FOLDER = Pattern.compile("models--(.+?)--(.+)");
    private static final String CONFIG = "config.json";

    /** Every model that has a folder here, by name. */
    public List<HubId> repositories() {
        return names(root).stream()
                .map(FOLDER::matcher)
                .filter(Matcher::matches)
                .flatMap(m -> HubId.find(m.group(1) + "/" + m.group(2)).stream())
                .toList();
    }

    Path folder(HubId id) {
        return root.resolve(id.folder());
    }

    Path blobs(HubId id) {
        return folder(id).resolve("blobs");
    }

    Path ref(HubId id) {
        return folder(id).resolve("refs").resolve(id.revision());
    }

    Path snapshots(HubId id) {
        return folder(id).resolve("snapshots");
    }

    /**
     * The files of a model's revision: what its ref names, a commit by its number, or where no ref stands yet the newest that
     * has something in it.
     */
    public Optional<Path> snapshot(HubId id) {
        Path named = snapshots(id).resolve(commit(id).orElse(id.revision()));
        if (Files.isDirectory(named)) {
            return Optional.of(named);
        }
        return !id.revision().equals(HubId.MAIN)
                ? Optional.empty()
                : names(snapshots(id)).stream()
                        .map(snapshots(id)::resolve)
                        .filter(snapshot -> Files.exists(snapshot.resolve(CONFIG))
                                || !ggufs(snapshot).isEmpty())
                        .max(Comparator.comparingLong(path -> path.toFile().lastModified()));
    }

    private Optional<String> commit(HubId id) {
        try {
            String commit = Files.readString(ref(id)).strip();
            return commit.matches("\\w+") ? Optional.of(commit) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /**
     * A model that is here: its folder, or the GGUF file that is meant.
     *
     * @param id names no type where there is one file alone
     */
    public Optional<Path> find(HubId id) {
        return snapshot(id).flatMap(files -> {
            if (id.type() == null && Files.exists(files.resolve(CONFIG))) {
                return Optional.of(files);
            }
            List<Path> ggufs = ggufs(files);
            return id.type() == null && ggufs.size() == 1
                    ? Optional.of(ggufs.getFirst())
                    : ggufs.stream()
                            .filter(file -> id.means(file.getFileName().toString()))
                            .findFirst();
        });
    }

    /** The GGUF files of a snapshot, those for pictures and sounds not among them; folders in it too. */
    public static List<Path> ggufs(Path snapshot) {
        try (Stream<Path> files = Files.walk(snapshot, 2)) {
            return files.filter(HubCache::isGguf).filter(Files::exists).sorted().toList();
        } catch (IOException | UncheckedIOException e) {
            return List.of();
        }
    }

    private static boolean isGguf(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(".gguf") && !Projectors.isProjector(name);
    }

    /** Bytes of files that are not fetched to their end. */
    public long incompleteBytes(HubId id) {
        return names(blobs(id)).stream()
                .filter(name -> name.endsWith(INCOMPLETE))
                .mapToLong(name -> blobs(id).resolve(name).toFile().length())
                .sum();
    }

    /** Bytes that removing a model would free; -1 where it isn't here. */
    public long bytes(HubId id) {
        if (id.type() != null) {
            return find(id).map(file -> file.toFile().length()).orElse(-1L);
        }
        return !Files.isDirectory(folder(id))
                ? -1
                : names(blobs(id)).stream()
                        .mapToLong(name -> blobs(id).resolve(name).toFile().length())
                        .sum();
    }

    private static List<String> names(Path folder) {
        try (Stream<Path> children = Files.list(folder)) {
            return children.map(child -> child.getFileName().toString())
                    .sorted()
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            return List.of(); // none there, or none that may be read
        }
    }
}
