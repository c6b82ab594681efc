package dev.matryoshka.app.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.app.hub.HubServer.Fault;
import dev.matryoshka.engine.checkpoint.Projectors;
import dev.matryoshka.engine.error.DownloadException;
import dev.matryoshka.engine.error.InvalidRequestException;
import dev.matryoshka.engine.error.MatryoshkaException;
import dev.matryoshka.engine.error.UnsupportedModelException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Models from a hub that breaks off, lies, corrupts and refuses. */
class PullTest {
    private static final HubId MODEL = HubId.parse("some/model");
    private static final byte[] CONFIG = "{\"model_type\": \"gemma3n\"}".getBytes(StandardCharsets.UTF_8);
    private static final byte[] WEIGHTS = new byte[300_000];

    @TempDir
    private Path root = Path.of("");

    private HubCache cache = new HubCache(root);
    private HubServer server;

    PullTest() throws IOException {
        new Random(1).nextBytes(WEIGHTS);
        server = new HubServer();
    }

    @BeforeEach
    void serve() {
        cache = new HubCache(root);
        server.file("config.json", CONFIG)
                .file("model.safetensors", WEIGHTS)
                .file("README.md", "---\nlicense: gemma\n---".getBytes(StandardCharsets.UTF_8))
                .file("pytorch_model.bin", new byte[5000])
                .file("original/model.safetensors", new byte[5000]);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private HubSettings settings(String token) {
        return new HubSettings(URI.create(server.url()), token, false, 3, Duration.ofMillis(1), Duration.ofMillis(500));
    }

    private Path pull(String id) {
        return Pull.run(HubId.parse(id), cache, settings(""), (done, total) -> {}, () -> false);
    }

    private DownloadException refused() {
        return assertThrows(DownloadException.class, () -> pull("some/model"));
    }

    /** What an earlier attempt left of the weights. */
    private void writePart(byte[] bytes) throws IOException {
        Files.createDirectories(cache.blobs(MODEL));
        Files.write(cache.blobs(MODEL).resolve(HubServer.checksum(WEIGHTS) + ".incomplete"), bytes);
    }

    /** The model is here as Hugging Face's tools would have it. */
    private void assertWhole() throws IOException {
        Path snapshot = cache.find(MODEL).orElseThrow();
        assertEquals(root.resolve("models--some--model/snapshots/" + HubServer.COMMIT), snapshot);
        assertArrayEquals(CONFIG, Files.readAllBytes(snapshot.resolve("config.json")));
        assertArrayEquals(WEIGHTS, Files.readAllBytes(snapshot.resolve("model.safetensors")));
        assertEquals(
                Path.of("../../blobs/" + HubServer.checksum(WEIGHTS)),
                Files.readSymbolicLink(snapshot.resolve("model.safetensors")));
        assertEquals(HubServer.COMMIT, Files.readString(cache.ref(MODEL)));
        try (Stream<Path> files = Files.list(snapshot)) {
            assertEquals(
                    List.of("README.md", "config.json", "model.safetensors"),
                    files.map(file -> file.getFileName().toString()).sorted().toList());
        }
        assertEquals(0, cache.incompleteBytes(MODEL));
    }

    @Test
    void laidOutAsOthersExpectIt() throws IOException {
        long[] last = new long[2];
        Path path = Pull.run(
                MODEL,
                cache,
                settings(""),
                (done, total) -> {
                    assertTrue(done >= last[0] && done <= total);
                    last[0] = done;
                    last[1] = total;
                },
                () -> false);
        assertEquals(cache.find(MODEL).orElseThrow(), path);
        assertEquals(last[1], last[0]);
        assertWhole();
        int asked = server.requests().size();
        assertEquals(path, pull("some/model"), "a second time");
        assertEquals(asked, server.requests().size(), "nothing is fetched twice");
        assertEquals(path, pull("some/model@v2"), "another name of the same commit");
        assertTrue(Files.exists(root.resolve("models--some--model/refs/v2")));
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "BREAKS",
                "SAYS_MORE_THAN_IT_SENDS",
                "SENDS_MORE_THAN_THERE_IS",
                "CORRUPTS",
                "SILENT",
                "STATUS_429",
                "STATUS_500"
            })
    void whatPassesIsTriedAgain(Fault fault) throws IOException {
        server.fault(fault);
        if (fault != Fault.CORRUPTS) {
            server.fault(fault);
        }
        pull("some/model");
        assertWhole();
    }

    @Test
    void goesOnWhereItBrokeOff() throws IOException {
        writePart(Arrays.copyOf(WEIGHTS, 100_000));
        server.fault(Fault.BREAKS, Fault.BREAKS, Fault.BREAKS, Fault.BREAKS);
        pull("some/model");
        assertWhole();
        List<String> ranges = server.requests().stream()
                .filter(request -> request.path().equals("model.safetensors"))
                .map(HubServer.Request::range)
                .toList();
        assertEquals(List.of("bytes=100000-", "bytes=200000-", "bytes=250000-"), ranges.subList(0, 3));
        assertEquals(5, ranges.size());
    }

    @ParameterizedTest
    @EnumSource(names = {"IGNORES_RANGE", "SENDS_ANOTHER_PART"})
    void rangesThatAreNotKept(Fault fault) throws IOException {
        writePart(Arrays.copyOf(WEIGHTS, 100_000));
        server.fault(fault);
        pull("some/model");
        assertWhole();
    }

    @Test
    void partsOfSomethingElseAreReplaced() throws IOException {
        writePart(new byte[100_000]);
        pull("some/model");
        assertWhole();
        Files.delete(cache.blobs(MODEL).resolve(HubServer.checksum(WEIGHTS)));
        writePart(new byte[WEIGHTS.length + 1]);
        pull("some/model");
        assertWhole();
    }

    @Test
    void damageThatStaysIsNeverTaken() {
        server.fault(Fault.CORRUPTS, Fault.CORRUPTS);
        DownloadException refused = refused();
        assertTrue(refused.problem().contains("its checksum is another one"), refused::getMessage);
        assertTrue(cache.find(MODEL).isEmpty());
        assertFalse(Files.exists(cache.ref(MODEL)));
    }

    @ParameterizedTest
    @CsvSource({"299999", "300001", "12", "1000000"})
    void sizesThatAreLies(long size) {
        server.liesOfSize("model.safetensors", size);
        refused();
        assertTrue(cache.find(MODEL).isEmpty());
    }

    @Test
    void noRoomIsSaidBefore() {
        server.liesOfSize("model.safetensors", 1L << 60);
        assertTrue(refused().remedy().contains("HF_HUB_CACHE"));
        assertEquals(List.of(), server.requests());
    }

    @Test
    void givenUpAfterSeveralAttempts() {
        for (int i = 0; i < 3; i++) {
            server.fault(Fault.STATUS_500);
        }
        assertTrue(refused().problem().contains("the server answers 500"));
        assertEquals(
                3,
                server.requests().stream()
                        .filter(request -> request.path().equals("model.safetensors"))
                        .count());
    }

    @ParameterizedTest
    @CsvSource({
        "STATUS_401_GATED,'',make a token at",
        "STATUS_401_GATED,secret,accept it at",
        "STATUS_403,secret,with the account that HF_TOKEN belongs to",
        "STATUS_401,secret,make a new one",
        "STATUS_404,'',check the name",
        "ELSEWHERE_BY_FILE,'',try again later",
        "IN_A_CIRCLE,'',try again later",
    })
    void refusalsSayWhatToDo(Fault fault, String token, String remedy) {
        for (boolean list : new boolean[] {false, true}) {
            if (list && fault != Fault.IN_A_CIRCLE) {
                server.listFault(fault);
            } else {
                server.fault(fault);
            }
            DownloadException refused = assertThrows(
                    DownloadException.class,
                    () -> Pull.run(MODEL, cache, settings(token), (done, total) -> {}, () -> false));
            assertTrue(refused.remedy().contains(remedy), refused::getMessage);
            assertFalse((refused.problem() + refused.remedy()).contains("secret"), "tokens are never shown");
        }
    }

    @Test
    void theTokenStaysWithTheHub() throws IOException {
        try (HubServer other = new HubServer()) {
            other.file("model.safetensors", WEIGHTS);
            server.elsewhere(other).fault(Fault.ELSEWHERE);
            Pull.run(MODEL, cache, settings("secret"), (done, total) -> {}, () -> false);
            assertTrue(server.requests().stream().allMatch(r -> r.token().equals("Bearer secret")));
            assertEquals(List.of(new HubServer.Request("model.safetensors", "null", "null")), other.requests());
        }
    }

    @Test
    void noSuchModelAndNoSuchHub() {
        assertTrue(assertThrows(DownloadException.class, () -> pull("no/model"))
                .problem()
                .contains("no/model"));
        server.close();
        assertTrue(refused().problem().contains("127.0.0.1 can't be reached"));
    }

    @Test
    void stoppedAndGoneOn() throws IOException {
        long[] most = new long[1];
        assertThrows(
                CancellationException.class,
                () -> Pull.run(MODEL, cache, settings(""), (done, total) -> most[0] = done, () -> most[0] > 50_000));
        assertTrue(cache.find(MODEL).isEmpty());
        assertTrue(cache.incompleteBytes(MODEL) > 0);
        pull("some/model");
        assertWhole();
        assertTrue(server.requests().stream()
                .anyMatch(request -> request.path().equals("model.safetensors")
                        && request.range().startsWith("bytes=")));
    }

    @Test
    void offlineIsOffline() {
        HubSettings offline = settings("").unreachable();
        assertThrows(DownloadException.class, () -> Pull.run(MODEL, cache, offline, (done, total) -> {}, () -> false));
        assertEquals(List.of(), server.requests());
        Path here = pull("some/model");
        server.close();
        assertEquals(here, Pull.run(MODEL, cache, offline, (done, total) -> {}, () -> false));
    }

    @Test
    void otherArchitecturesAreRefusedBeforeTheyAreFetched() {
        server.says("config", Map.of("model_type", "llama"));
        assertThrows(UnsupportedModelException.class, () -> pull("some/model"));
        assertEquals(List.of(), server.requests());
    }

    @ParameterizedTest
    @CsvSource({"../x.json", "/etc/x.json", "a/../../x.json", "a\\x.json", "C:x.json", "./x.json", "''"})
    void namesThatPointElsewhere(String path) {
        server.file(path, new byte[3]);
        assertTrue(refused().problem().contains("proper name"));
    }

    @Test
    void ggufFiles() throws IOException {
        HubServer ggufs = new HubServer();
        server.close();
        server = ggufs;
        byte[] q4 = "GGUF and more".getBytes(StandardCharsets.UTF_8);
        byte[] towers = "GGUF for pictures and sounds".getBytes(StandardCharsets.UTF_8);
        ggufs.file("x-Q4_0.gguf", q4)
                .file("x-Q8_0.gguf", WEIGHTS)
                .file("mmproj-F16.gguf", towers)
                .file("mmproj-F32.gguf", WEIGHTS);
        assertTrue(assertThrows(InvalidRequestException.class, () -> pull("some/model"))
                .remedy()
                .contains("Q4_0, Q8_0"));
        assertThrows(InvalidRequestException.class, () -> pull("some/model:Q5_0"));
        Path file = pull("some/model:q4_0");
        assertArrayEquals(q4, Files.readAllBytes(file));
        assertEquals(
                List.of("x-Q4_0.gguf", "mmproj-F16.gguf"),
                server.requests().stream().map(HubServer.Request::path).toList(),
                "and what it sees and hears with");
        assertEquals(
                "mmproj-F16.gguf",
                String.valueOf(Objects.requireNonNull(Projectors.beside(file)).getFileName()));
        pull("some/model:Q8_0");
        assertEquals(file, cache.find(HubId.parse("some/model:Q4_0")).orElseThrow());
        Removal.remove(cache, HubId.parse("some/model:Q4_0"));
        assertTrue(cache.find(HubId.parse("some/model:Q4_0")).isEmpty());
        assertEquals(WEIGHTS.length + towers.length, cache.bytes(HubId.parse("some/model")), "its blob is gone too");
        Removal.remove(cache, HubId.parse("some/model:Q8_0"));
        assertEquals("", left());
    }

    @Test
    void towersGoWithTheLastModelBesideThem() throws IOException {
        Path files = root.resolve("models--some--files/snapshots/abc");
        Path q4 = Files.createDirectories(files.resolve("Q4_0"));
        Path q8 = Files.createDirectories(files.resolve("Q8_0"));
        Files.createDirectories(root.resolve("models--some--files/blobs"));
        for (Path each : List.of(q4.resolve("x-Q4_0.gguf"), q8.resolve("x-Q8_0.gguf"), q8.resolve("x-Q5_0.gguf"))) {
            Files.writeString(each, "GGUF");
            Files.writeString(each.resolveSibling("mmproj-F16.gguf"), "GGUF");
        }
        Removal.remove(cache, HubId.parse("some/files:Q4_0"));
        assertFalse(Files.exists(q4.resolve("mmproj-F16.gguf")));
        Removal.remove(cache, HubId.parse("some/files:Q5_0"));
        assertFalse(Files.exists(q8.resolve("x-Q5_0.gguf")));
        assertTrue(Files.exists(q8.resolve("mmproj-F16.gguf")));
    }

    @Test
    void removedWithEverything() throws IOException {
        pull("some/model");
        Path kept = Files.createDirectories(root.resolve("models--other--model/blobs"));
        Path killed = Files.createDirectories(root.resolve(".removed-before/blobs"));
        Files.writeString(killed.resolve("x"), "x");
        Removal.remove(cache, MODEL);
        assertEquals(-1, cache.bytes(MODEL));
        assertTrue(Files.exists(kept));
        assertEquals("models--other--model", left());
    }

    private String left() throws IOException {
        try (Stream<Path> files = Files.list(root)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.equals(".locks"))
                    .collect(Collectors.joining(" "));
        }
    }

    @Test
    void aFolderThatCannotBeWritten() throws IOException {
        Path file = Files.createFile(root.resolve("file"));
        cache = new HubCache(file.resolve("cache"));
        MatryoshkaException refused = refused();
        assertTrue(refused.remedy().contains("HF_HUB_CACHE"), refused::getMessage);
    }

    @ParameterizedTest
    @CsvSource({"HF_ENDPOINT,ftp://x", "HF_ENDPOINT,file:///etc", "HF_ENDPOINT,no address", "HF_TOKEN,a b"})
    void variablesThatMakeNoSense(String name, String value) {
        assertThrows(InvalidRequestException.class, () -> HubSettings.of(Map.of(name, value)));
    }
}
