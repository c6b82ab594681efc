package dev.matryoshka.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.engine.Gemma3n;
import dev.matryoshka.engine.LoadOptions;
import dev.matryoshka.engine.Probe;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.support.Golden;
import dev.matryoshka.engine.weights.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Load, answer, unload: nothing stays. Vulkan's validation layer hears of every handle that does. */
final class UnloadTest {
    private static final long MARGIN = 32L << 20;

    @ParameterizedTest
    @CsvSource({"vulkan, 50", "opencl, 12"})
    void nothingStays(String device, int times) throws IOException {
        LoadOptions options = new LoadOptions("tiny", device, MatFormerSlice::whole, LoadOptions.DEFAULT_CONTEXT);
        long settled = 0;
        long files = 0;
        try (SafetensorsFile prompt = Golden.open("tiny-text/cases/text-9.safetensors")) {
            for (int i = 1; i <= times; i++) {
                try (Gemma3n gemma = Gemma3n.load(Golden.path("tiny-text"), options)) {
                    Probe.run(gemma, prompt, 2);
                }
                if (i == times / 3) {
                    settled = resident();
                    files = openFiles();
                }
            }
            long grown = resident() - settled;
            assertTrue(grown < MARGIN, "grew by " + grown);
            assertEquals(files, openFiles(), "files that stayed open");
        }
    }

    /** Bytes of this process in memory, Java's heap left out as far as it can be: garbage is collected first. */
    private static long resident() throws IOException {
        System.gc();
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                .findFirst()
                .orElseThrow();
    }

    private static long openFiles() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            return files.count();
        }
    }
}
