package dev.matryoshka.engine.checkpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Finds {@code mmproj} files, which hold the towers of a GGUF model. */
public final class Projectors {
    private Projectors() {}

    /** Whether a file is named as one. */
    public static boolean isProjector(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".gguf") && lower.contains("mmproj");
    }

    /**
     * The one in a GGUF file's folder, the first by name of several, which differ in their types; links as in a hub's cache stay
     * unresolved. Null where there is none.
     */
    public static @Nullable Path beside(Path model) {
        Path folder = model.toAbsolutePath().getParent();
        if (folder == null) {
            return null;
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> isProjector(String.valueOf(file.getFileName())))
                    .filter(Files::isRegularFile)
                    .filter(file -> !file.getFileName().equals(model.getFileName()))
                    .min(Path::compareTo)
                    .orElse(null);
        } catch (IOException | UncheckedIOException e) {
            return null; // a folder that may not be listed
        }
    }
}
