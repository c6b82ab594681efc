package dev.matryoshka.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What the kernel says about this process. */
final class ProcessMemory {
    private static final Path STATUS = Path.of("/proc/self/status");

    private ProcessMemory() {}

    /** The most memory this process has had resident, in bytes; null where no kernel tells it. */
    static @Nullable Long peak() {
        return read("VmHWM:");
    }

    /** The memory it has resident now. */
    static @Nullable Long now() {
        return read("VmRSS:");
    }

    private static @Nullable Long read(String name) {
        try {
            return Files.readAllLines(STATUS).stream()
                    .filter(line -> line.startsWith(name))
                    .map(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                    .findFirst()
                    .orElse(null);
        } catch (IOException e) {
            return null;
        }
    }
}
