package dev.matryoshka.app;

import dev.matryoshka.engine.error.ModelFormatException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** Tells whether a model's folder is as it was: names, sizes and times of its files, and what the small ones say. */
final class FolderFingerprint {
    /** Goes up when other files are made of the same folder. */
    private static final String VERSION = "1";

    private static final long SMALL = 1 << 20;
    private static final int LENGTH = 16; // characters

    private FolderFingerprint() {}

    /** @throws ModelFormatException it can't be read */
    static String of(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            add(digest, VERSION);
            List<Path> model = files.filter(FolderFingerprint::counts).sorted().toList();
            for (Path file : model) {
                long size = Files.size(file);
                add(
                        digest,
                        file.getFileName() + " " + size + " "
                                + Files.getLastModifiedTime(file).toMillis());
                if (size <= SMALL) {
                    digest.update(Files.readAllBytes(file));
                }
            }
            return HexFormat.of().formatHex(digest.digest()).substring(0, LENGTH);
        } catch (IOException | UncheckedIOException e) {
            throw new ModelFormatException(
                    folder + " can't be read (" + e.getMessage() + ")", "check that it is a folder you may read", e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean counts(Path file) {
        String name = String.valueOf(file.getFileName());
        return Files.isRegularFile(file) && (name.endsWith(".json") || name.endsWith(".safetensors"));
    }

    private static void add(MessageDigest digest, String line) {
        digest.update((line + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
