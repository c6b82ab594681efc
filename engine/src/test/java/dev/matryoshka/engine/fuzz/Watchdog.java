package dev.matryoshka.engine.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Ends a process that reads one input for too long, which nothing inside it could, and keeps the input. */
final class Watchdog {
    private static final Duration LONGEST = Duration.ofSeconds(20);
    private static final int EXIT_HANG = 70; // as libFuzzer

    private byte @Nullable [] content;
    private long since;

    Watchdog() {
        Thread.ofPlatform().daemon().name("watchdog").start(this::watch);
    }

    synchronized void begin(byte[] input) {
        content = input;
        since = System.nanoTime();
    }

    synchronized void end() {
        content = null;
    }

    private void watch() {
        try {
            while (true) {
                Thread.sleep(1000);
                check();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void check() {
        if (content == null || System.nanoTime() - since < LONGEST.toNanos()) {
            return;
        }
        Path kept = Path.of("crash-hang-" + Integer.toHexString(Arrays.hashCode(content)))
                .toAbsolutePath();
        try {
            Files.write(kept, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        System.err.println("an input takes over " + LONGEST.toSeconds() + " s to read; it is kept as " + kept);
        Runtime.getRuntime().halt(EXIT_HANG);
    }
}
