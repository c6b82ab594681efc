package dev.matryoshka.app.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that fetches is killed again and again; what has a name in the cache is whole, and the next one goes on. */
class PullKillTest {
    private static final int KILLS = 10;
    private static final int FILES = 100;
    private static final int MOST_RUNS = 200;
    private static final HubId MODEL = HubId.parse("some/model");

    /** Fetches the model. */
    static final class Fetcher {
        @SuppressWarnings("SystemOut")
        public static void main(String[] args) {
            HubSettings settings = HubSettings.of(Map.of("HF_ENDPOINT", args[1]));
            Pull.run(
                    MODEL,
                    new HubCache(Path.of(args[0])),
                    settings,
                    (done, total) -> System.out.println(done),
                    () -> false);
        }
    }

    @Test
    void whatHasANameIsWhole(@TempDir Path root) throws IOException, InterruptedException {
        HubCache cache = new HubCache(root);
        Random random = new Random(1);
        byte[] weights = new byte[400_000];
        random.nextBytes(weights);
        byte[] config = "{\"model_type\": \"gemma3n\"}".getBytes(StandardCharsets.UTF_8);
        try (HubServer server = new HubServer()) {
            server.file("config.json", config)
                    .file("model.safetensors", weights)
                    .slow(1);
            for (int i = 0; i < FILES; i++) {
                server.file("file" + i + ".json", new byte[i]);
            }
            int status = -1;
            int runs = 0;
            for (; status != 0 && runs < MOST_RUNS; runs++) {
                status = run(root, server, runs < KILLS ? random.nextInt(80) : Long.MAX_VALUE);
                check(cache);
                cache.find(MODEL).ifPresent(found -> assertWhole(found, weights, config));
            }
            assertTrue(runs > 3, runs + " runs, none of which was killed on its way");
            assertWhole(cache.find(MODEL).orElseThrow(), weights, config);
            List<String> ranges = server.requests().stream()
                    .filter(request -> request.path().equals("model.safetensors"))
                    .map(HubServer.Request::range)
                    .toList();
            assertEquals(1, ranges.stream().filter("null"::equals).count(), ranges.toString());
        }
    }

    /** Lets one fetch for a time after its first word, and kills it; how it ended. */
    private static int run(Path root, HubServer server, long millis) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Fetcher.class.getName(),
                        root.toString(),
                        server.url())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader said = process.inputReader()) {
            said.readLine();
            if (millis < Long.MAX_VALUE) {
                TimeUnit.MILLISECONDS.sleep(millis);
                process.toHandle().destroyForcibly();
            }
            while (said.readLine() != null) {
                // until it is over
            }
        }
        return process.waitFor();
    }

    /** What the store finds is complete. */
    private static void assertWhole(Path found, byte[] weights, byte[] config) {
        try {
            assertArrayEquals(weights, Files.readAllBytes(found.resolve("model.safetensors")));
            assertArrayEquals(config, Files.readAllBytes(found.resolve("config.json")));
            try (Stream<Path> files = Files.list(found)) {
                assertEquals(FILES + 2, files.count());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void check(HubCache cache) throws IOException {
        if (!Files.isDirectory(cache.blobs(MODEL))) {
            return;
        }
        try (Stream<Path> blobs = Files.list(cache.blobs(MODEL))) {
            for (Path blob : blobs.toList()) {
                String name = blob.getFileName().toString();
                if (!name.endsWith(HubCache.INCOMPLETE)) {
                    assertEquals(name, Checksums.of(blob, name.length() == 64));
                }
            }
        }
        Path snapshot = cache.snapshots(MODEL).resolve(HubServer.COMMIT);
        if (Files.isDirectory(snapshot)) {
            try (Stream<Path> links = Files.list(snapshot)) {
                for (Path link : links.toList()) {
                    assertTrue(Files.isRegularFile(link) && Files.exists(link, LinkOption.NOFOLLOW_LINKS), "" + link);
                }
            }
        }
    }
}
