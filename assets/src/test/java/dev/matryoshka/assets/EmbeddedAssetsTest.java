package dev.matryoshka.assets;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shipped files against their sums. */
class EmbeddedAssetsTest {
    @Test
    void damagedAndMissingFilesAreNamed(@TempDir Path folder) throws IOException {
        EmbeddedAssets shipped = EmbeddedAssets.open(folder);
        assertEquals(List.of(), shipped.damaged());

        Path root = shipped.model().resolveSibling("");
        try (var files = Files.walk(root)) {
            for (Path from : files.filter(Files::isRegularFile).toList()) {
                Path to = folder.resolve(root.relativize(from).toString());
                Files.createDirectories(to.resolveSibling(""));
                Files.copy(from, to);
            }
        }
        EmbeddedAssets copy = new EmbeddedAssets(folder);
        Path config = copy.model().resolve("config.json");
        byte[] bytes = Files.readAllBytes(config);
        bytes[bytes.length / 2] ^= 1;
        Files.write(config, bytes);
        Path tokenizer = copy.model().resolve("tokenizer.json");
        Files.delete(tokenizer);
        assertEquals(List.of(config, tokenizer), copy.damaged());
    }
}
