package dev.matryoshka.assets;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/**
 * The embedded model and its samples as files. Models are memory-mapped, so they must be files: where the program runs
 * from class folders they are already, where it runs from a jar they are unpacked once below the user's cache.
 */
public final class EmbeddedAssets {
    private static final String INDEX = "index.txt";

    private final Path root;

    EmbeddedAssets(Path root) {
        this.root = root;
    }

    /**
     * Finds the assets, unpacking them if need be.
     *
     * @param cache folder to unpack into; made if missing
     * @throws IOException the cache can't be written
     */
    public static EmbeddedAssets open(Path cache) throws IOException {
        URL index = Objects.requireNonNull(EmbeddedAssets.class.getResource(INDEX), INDEX);
        if (index.getProtocol().equals("file")) {
            return new EmbeddedAssets(Path.of(URI.create(index.toString())).resolveSibling("."));
        }
        List<Entry> entries = entries();
        String version = Integer.toHexString(entries.hashCode());
        Path root = cache.resolve("embedded-" + version);
        if (!entries.stream().allMatch(e -> e.standsIn(root))) {
            unpack(entries, cache, root);
        }
        return new EmbeddedAssets(root);
    }

    /** A Hugging Face folder. */
    public Path model() {
        return root.resolve("model").normalize();
    }

    /** The folder with sample pictures, sounds and {@code expected.json}. */
    public Path samples() {
        return root.resolve("samples").normalize();
    }

    /** Questions that tell the model's sizes apart, as JSON lines; they name samples. */
    public Path questions() {
        return samples().resolve("questions.jsonl");
    }

    /**
     * Files that are missing or hold other bytes than shipped.
     *
     * @throws IOException one is there and can't be read
     */
    public List<Path> damaged() throws IOException {
        List<Path> damaged = new ArrayList<>();
        for (Entry entry : entries()) {
            Path file = root.resolve(entry.path()).normalize();
            if (!Files.isRegularFile(file) || !entry.sha256().equals(sha256(file))) {
                damaged.add(file);
            }
        }
        return damaged;
    }

    private static String sha256(Path file) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(Files.readAllBytes(file)));
        } catch (NoSuchAlgorithmException e) { // every Java has it
            throw new IllegalStateException(e);
        }
    }

    /** A file that ships with the program. */
    private record Entry(String sha256, long size, String path) {
        boolean standsIn(Path root) {
            Path file = root.resolve(path);
            try {
                return Files.isRegularFile(file) && Files.size(file) == size;
            } catch (IOException e) {
                return false;
            }
        }
    }

    private static List<Entry> entries() throws IOException {
        try (InputStream in = open(INDEX)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> line.split(" ", 3))
                    .map(f -> new Entry(f[0], Long.parseLong(f[1]), f[2]))
                    .toList();
        }
    }

    /** Unpacks beside the target and renames, so that a half-written model is never seen. */
    private static void unpack(List<Entry> entries, Path cache, Path root) throws IOException {
        Files.createDirectories(cache);
        Path fresh = Files.createTempDirectory(cache, "unpacking-");
        try {
            for (Entry entry : entries) {
                Path file = fresh.resolve(entry.path());
                Files.createDirectories(Objects.requireNonNull(file.getParent()));
                try (InputStream in = open(entry.path())) {
                    Files.copy(in, file);
                }
            }
            if (Files.exists(root)) {
                delete(root);
            }
            Files.move(fresh, root, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileAlreadyExistsException | DirectoryNotEmptyException e) {
            if (!entries.stream().allMatch(each -> each.standsIn(root))) {
                throw e;
            } // else another start of the program was quicker
        } finally {
            if (Files.exists(fresh)) {
                delete(fresh);
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        try (var paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }

    private static InputStream open(String name) {
        InputStream in = EmbeddedAssets.class.getResourceAsStream(name);
        if (in == null) {
            throw new UncheckedIOException(new IOException("the program was built without " + name));
        }
        return in;
    }
}
