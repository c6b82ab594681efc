package dev.matryoshka.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.app.hub.HubServer;
import dev.matryoshka.engine.GgufExport;
import dev.matryoshka.engine.MemoryUse;
import dev.matryoshka.engine.ModelDetails;
import dev.matryoshka.engine.error.DownloadException;
import dev.matryoshka.engine.error.InvalidRequestException;
import dev.matryoshka.engine.error.MatryoshkaException;
import dev.matryoshka.engine.error.ModelNotFoundException;
import dev.matryoshka.engine.weights.DType;
import dev.matryoshka.ui.models.ModelEntry;
import dev.matryoshka.ui.models.ModelEntry.Origin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The models of a machine as the window asks for them. */
class LocalModelsTest {
    @TempDir
    private Path home = Path.of("");

    private LocalModels models(Map<String, String> more) {
        Map<String, String> environment = new HashMap<>(more);
        environment.put("HF_HUB_CACHE", home.resolve("hub").toString());
        return new LocalModels(new AppFolders(environment, home, "linux"), 64, () -> (MemoryUse) null);
    }

    private Path embedded() {
        return new ModelStore(new AppFolders(Map.of(), home, "linux")).assets().model();
    }

    private Path gguf(String name) {
        Path file = home.resolve(name);
        GgufExport.write(embedded(), file, new GgufExport.Types(DType.Q8_0, DType.Q8_0, DType.Q8_0), share -> {});
        return file;
    }

    private static List<String> names(List<ModelEntry> entries) {
        return entries.stream().map(ModelEntry::name).toList();
    }

    @Test
    void foldersAndFilesThatWereAdded() throws IOException {
        LocalModels models = models(Map.of());
        Files.createDirectories(home.resolve("my"));
        Path file = gguf("my/é 文.gguf");
        List<ModelEntry> entries = models.list(List.of(
                home.resolve("my").toString(),
                home.resolve("gone").toString(),
                embedded().toString()));
        assertEquals(List.of("Demo model", "é 文.gguf", "gone", "model"), names(entries));
        ModelEntry mine = entries.get(1);
        assertEquals(Origin.ADDED, mine.origin());
        assertEquals(home.resolve("my"), mine.place(), "what was added is what can be forgotten");
        assertEquals(file.toString(), mine.id());
        assertNull(mine.problem());
        assertNotNull(entries.get(2).problem());
        ModelDetails details = models.details(mine, "cpu");
        assertTrue(details.types().containsKey(DType.Q8_0) && details.problem() == null, details.toString());
        assertThrows(MatryoshkaException.class, () -> models.details(mine, "no-device"));
    }

    @Test
    void whatIsNoModelIsRefusedWithTheReason() throws IOException {
        LocalModels models = models(Map.of());
        Path text = Files.writeString(home.resolve("notes.txt"), "hello");
        assertThrows(ModelNotFoundException.class, () -> models.look(text));
        assertThrows(ModelNotFoundException.class, () -> models.look(home.resolve("nothing here")));
        Path cut = Files.write(home.resolve("cut.gguf"), new byte[] {'G', 'G', 'U', 'F'});
        String why = assertThrows(InvalidRequestException.class, () -> models.look(cut))
                .getMessage();
        assertTrue(String.valueOf(why).contains("cut.gguf"), why);
        assertEquals(1, models.look(gguf("whole.gguf")).size());
    }

    @Test
    void fetchedByTheButtonStoppedGoneOnWithAndRemoved() throws IOException {
        try (HubServer hub = new HubServer();
                Stream<Path> files = Files.list(embedded())) {
            for (Path file : files.toList()) {
                hub.file(file.getFileName().toString(), Files.readAllBytes(file));
            }
            LocalModels models = models(Map.of("HF_ENDPOINT", hub.url()));
            assertEquals(List.of("Demo model"), names(models.list(List.of())));
            assertEquals(List.of(), hub.requests(), "looking asks nobody");
            AtomicLong done = new AtomicLong();
            assertThrows(
                    CancellationException.class,
                    () -> models.fetch("some/model", "", (here, all) -> done.set(here), () -> done.get() > 5_000_000));
            ModelEntry begun = models.list(List.of()).get(1);
            assertEquals(Origin.BEGUN, begun.origin());
            assertNotNull(begun.problem());
            long before = done.get();
            models.fetch("some/model", "hf_mine", (here, all) -> done.accumulateAndGet(here, Math::max), () -> false);
            assertTrue(before >= 5_000_000 && done.get() > before);
            assertEquals("Bearer hf_mine", hub.requests().getLast().token());
            ModelEntry whole = models.list(List.of()).get(1);
            assertEquals(Origin.FETCHED, whole.origin());
            assertNull(whole.problem());
            models.remove(whole);
            assertEquals(List.of("Demo model"), names(models.list(List.of())));
        }
    }

    @Test
    void nothingIsFetchedWhereThatIsForbiddenOrNamedWrongly() {
        LocalModels models = models(Map.of("HF_HUB_OFFLINE", "1"));
        assertThrows(DownloadException.class, () -> models.fetch("some/model", "", (here, all) -> {}, () -> false));
        assertThrows(InvalidRequestException.class, () -> models.fetch("no name", "", (here, all) -> {}, () -> false));
        String why = assertThrows(
                        InvalidRequestException.class,
                        () -> models.fetch("some/model", "hf_é", (here, all) -> {}, () -> false))
                .getMessage();
        assertFalse(String.valueOf(why).contains("hf_é"), why);
    }
}
