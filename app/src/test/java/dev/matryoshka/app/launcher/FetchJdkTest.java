package dev.matryoshka.app.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.app.launcher.Sandbox.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fetching a JDK, against a server of our own and a small archive: whatever goes wrong, there is a whole JDK or none. */
class FetchJdkTest {
    private static final String FETCH = "fetch_jdk \"$PINS\" && find_jdk";

    private final Path folder;
    private final Sandbox sandbox;
    private final byte[] archive;

    FetchJdkTest(@TempDir Path temporary) throws IOException, InterruptedException {
        folder = temporary;
        sandbox = new Sandbox(folder.resolve("user's home é"));
        Path jdk = Sandbox.jdk(folder.resolve("made/jdk-25.0.9+9"), "25.0.9");
        byte[] filling = new byte[200_000];
        new SplittableRandom(1).nextBytes(filling);
        Files.write(jdk.resolve("modules"), filling);
        Path file = folder.resolve("jdk.tar.gz");
        Result packed =
                sandbox.run(List.of("tar", "-czf", "" + file, "-C", "" + folder.resolve("made"), "jdk-25.0.9+9"));
        assertEquals(0, packed.status(), packed.err());
        archive = Files.readAllBytes(file);
    }

    @Test
    void comesWholeAndIsFound() throws Exception {
        try (ArchiveServer server = new ArchiveServer(archive, 0)) {
            Result result = pinned(server.url(), sum(archive)).shell(FETCH);
            assertInstalled(result);
            assertInstalled(sandbox.shell(FETCH));
            assertEquals(List.of(0L), server.starts(), "the second time nothing is fetched");
        }
    }

    @Test
    void wrongChecksumInstallsNothing() throws Exception {
        try (ArchiveServer server = new ArchiveServer(archive, 0)) {
            String other = "0".repeat(64);
            Result result = pinned(server.url(), other).shell(FETCH);
            assertEquals(1, result.status());
            assertTrue(result.err().contains("has SHA-256 " + sum(archive) + ", expected " + other), result.err());
            assertEquals(List.of(), left());
        }
    }

    @Test
    void brokenDownloadGoesOnWhereItStopped() throws Exception {
        try (ArchiveServer server = new ArchiveServer(archive, 2)) {
            assertInstalled(pinned(server.url(), sum(archive)).shell(FETCH));
            assertEquals(3, server.starts().size());
            assertTrue(server.starts().get(1) > 0
                    && server.starts().get(2) > server.starts().get(1));
        }
    }

    @Test
    void nextRunGoesOnWhereTheLastOneStopped() throws Exception {
        Files.createDirectories(sandbox.jdks());
        Files.write(sandbox.jdks().resolve("jdk.tar.gz.part"), Arrays.copyOf(archive, 70_000));
        try (ArchiveServer server = new ArchiveServer(archive, 0)) {
            assertInstalled(pinned(server.url(), sum(archive)).shell(FETCH));
            assertEquals(List.of(70_000L), server.starts());
        }
    }

    @Test
    void leftoverThatDoesNotFitIsFetchedAnew() throws Exception {
        Files.createDirectories(sandbox.jdks());
        Files.write(sandbox.jdks().resolve("jdk.tar.gz.part"), new byte[70_000]);
        try (ArchiveServer server = new ArchiveServer(archive, 0)) {
            assertInstalled(pinned(server.url(), sum(archive)).shell(FETCH));
            assertEquals(List.of(70_000L, 0L), server.starts());
        }
    }

    @Test
    void leftoverThatIsTooLongIsFetchedAnew() throws Exception {
        Files.createDirectories(sandbox.jdks());
        Files.write(sandbox.jdks().resolve("jdk.tar.gz.part"), new byte[archive.length + 1]);
        try (ArchiveServer server = new ArchiveServer(archive, 0)) {
            assertInstalled(pinned(server.url(), sum(archive)).shell(FETCH));
        }
    }

    @Test
    void withoutNetworkWhatArrivedIsKept() throws Exception {
        Files.createDirectories(sandbox.jdks());
        Files.write(sandbox.jdks().resolve("jdk.tar.gz.part"), Arrays.copyOf(archive, 70_000));
        Result result = pinned("http://127.0.0.1:1", sum(archive)).shell(FETCH);
        assertEquals(1, result.status());
        assertTrue(result.err().contains("could not fetch http://127.0.0.1:1/jdk.tar.gz"), result.err());
        assertEquals(List.of("jdk.tar.gz.part"), left());
    }

    @Test
    void cacheThatCannotBeWrittenIsNamed() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "");
        Result result = pinned("http://127.0.0.1:1", sum(archive))
                .with("XDG_CACHE_HOME", file)
                .shell(FETCH);
        assertEquals(1, result.status());
        assertTrue(result.err().contains("cannot write to " + file + "/matryoshka/jdk"), result.err());
    }

    @Test
    void killedWhileUnpackingLeavesNoHalfJdk() throws Exception {
        sandbox.command("tar", "/usr/bin/env -u BASH_ENV PATH=/usr/bin:/bin tar \"$@\"; kill -9 $PPID");
        try (ArchiveServer server = new ArchiveServer(archive, 0)) {
            pinned(server.url(), sum(archive));
            assertNotEquals(0, sandbox.shell(FETCH).status());
            assertEquals(1, sandbox.shell("find_jdk").status());
            Files.delete(folder.resolve("user's home é/bin/tar"));
            assertInstalled(sandbox.shell(FETCH));
        }
    }

    @Test
    void twoAtOnceFetchOnce() throws Exception {
        try (ArchiveServer server = new ArchiveServer(archive, 0)) {
            pinned(server.url(), sum(archive));
            Result both = sandbox.shell("(fetch_jdk \"$PINS\") & fetch_jdk \"$PINS\" && wait $! && find_jdk");
            assertInstalled(both);
            assertEquals(1, server.starts().size());
        }
    }

    @Test
    void nobodyToAskMeansAnExplanation() throws Exception {
        Result result = pinned("http://127.0.0.1:1", sum(archive)).shell("ensure_jdk");
        assertEquals(1, result.status());
        assertTrue(result.err().contains("no JDK 25 was found"), result.err());
        assertTrue(result.err().contains("https://adoptium.net"), result.err());
    }

    @Test
    void askedForByVariableItIsFetched() throws Exception {
        try (ArchiveServer server = new ArchiveServer(archive, 0)) {
            pinned(server.url(), sum(archive)).with("MATRYOSHKA_FETCH_JDK", 1);
            assertInstalled(sandbox.shell("ensure_jdk; printf '%s\\n' \"$JAVA_HOME\""));
        }
    }

    @Test
    void everyPlatformIsPinned() throws IOException {
        List<String> pins = Files.readAllLines(Sandbox.REPOSITORY.resolve("scripts/jdk.pins"));
        for (String platform : List.of("linux-x64", "linux-aarch64", "mac-x64", "mac-aarch64")) {
            String[] os = platform.split("-", 2);
            assertEquals(
                    1,
                    pins.stream()
                            .filter(pin -> pin.matches(platform + " [0-9a-f]{64} OpenJDK25U-jdk_" + os[1] + "_" + os[0]
                                    + "_hotspot_[0-9._]+\\.tar\\.gz"))
                            .count(),
                    platform);
        }
    }

    /** Pins the archive for this platform; the scripts' root is where they look for the file. */
    private Sandbox pinned(String url, String sum) throws IOException, InterruptedException {
        Path pins = folder.resolve("root/scripts/jdk.pins");
        Files.createDirectories(pins.resolveSibling(""));
        String platform = sandbox.shell("platform").out().strip();
        Files.writeString(pins, "version 25.0.9+9\nurl " + url + "\n" + platform + " " + sum + " jdk.tar.gz\n");
        return sandbox.with("PINS", pins).with("root", folder.resolve("root"));
    }

    private void assertInstalled(Result result) throws IOException {
        assertEquals(0, result.status(), result.err());
        Path home = sandbox.jdks().resolve("temurin-25.0.9+9");
        assertEquals(home + "\n", result.out(), result.err());
        assertEquals(200_000, Files.size(home.resolve("modules")));
        assertEquals(List.of("temurin-25.0.9+9"), left());
    }

    /** What lies in the folder of JDKs, apart from the lock. */
    private List<String> left() throws IOException {
        try (Stream<Path> files = Files.list(sandbox.jdks())) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.equals(".lock"))
                    .sorted()
                    .toList();
        }
    }

    private static String sum(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
