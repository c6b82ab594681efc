package dev.matryoshka.engine.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.matryoshka.engine.error.MatryoshkaException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * What a reader owes to files that come from elsewhere: whatever is in them, it loads them or says in one line what is wrong, soon and
 * without memory that the file's size doesn't account for.
 */
final class Reading {
    /** As much as any input takes here by far; what a length in a file could ask for is gigabytes. */
    private static final long MOST_BYTES = 192L << 20;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final Watchdog WATCHDOG = new Watchdog();
    private static final Path MEMORY = Path.of("/dev/shm");

    private Reading() {}

    /** Opens something, uses and closes it. */
    @FunctionalInterface
    interface Reader {
        void read() throws Exception;
    }

    /** A folder that goes when the process ends; in memory where the system has such a place, which makes ten times more runs. */
    static Path folder() {
        try {
            Path folder = Files.isWritable(MEMORY)
                    ? Files.createTempDirectory(MEMORY, "fuzz")
                    : Files.createTempDirectory("fuzz");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder)));
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads {@code content}; all but the kinds of {@link MatryoshkaException} comes through, and is a bug. */
    static void mustEndWell(byte[] content, Reader reader) throws Exception {
        WATCHDOG.begin(content);
        if (bytes(reader) > MOST_BYTES) { // with the classes that were loaded for it
            long bytes = bytes(reader);
            assertTrue(bytes <= MOST_BYTES, "it took " + bytes + " bytes of memory");
        }
        WATCHDOG.end();
    }

    private static long bytes(Reader reader) throws Exception {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        try {
            reader.read();
        } catch (MatryoshkaException e) {
            String message = String.valueOf(e.getMessage());
            assertEquals(1, message.lines().count(), message);
            assertTrue(message.length() < 1100, "a line of " + message.length() + " characters");
        }
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }
}
