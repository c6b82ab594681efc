package dev.matryoshka.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.app.hub.HubId;
import dev.matryoshka.engine.GgufExport;
import dev.matryoshka.engine.ModelDetails;
import dev.matryoshka.engine.ProjectorExport;
import dev.matryoshka.engine.error.ModelNotFoundException;
import dev.matryoshka.engine.weights.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Models in a cache as Hugging Face's tools leave it. */
class ModelCatalogTest {
    @TempDir
    private Path home = Path.of("");

    private ModelStore store = new ModelStore(AppFolders.ofUser());
    private ModelCatalog catalog = new ModelCatalog(store);

    @BeforeEach
    void open() {
        store = new ModelStore(new AppFolders(Map.of("HF_HUB_CACHE", home.toString()), home, "linux"));
        catalog = new ModelCatalog(store);
    }

    private Path snapshot(String repository, String commit) throws IOException {
        return Files.createDirectories(
                home.resolve("models--" + repository.replace("/", "--") + "/snapshots/" + commit));
    }

    private void ref(String repository, String name, String commit) throws IOException {
        Path refs = Files.createDirectories(home.resolve("models--" + repository.replace("/", "--") + "/refs"));
        Files.writeString(refs.resolve(name), commit);
    }

    /** The embedded model under another name. */
    private Path copyEmbedded(String repository, String commit) throws IOException {
        Path to = snapshot(repository, commit);
        try (Stream<Path> files = Files.list(store.assets().model())) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
        return to;
    }

    private void gguf(Path folder, String name, DType type) {
        GgufExport.write(
                store.assets().model(), folder.resolve(name), new GgufExport.Types(type, type, type), share -> {});
    }

    private ModelCatalog.Entry entry(String id) {
        return catalog.entries().stream()
                .filter(entry -> entry.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void foldersWithLicenceAndSize() throws IOException {
        Path folder = copyEmbedded("some/model", "abc");
        Files.writeString(folder.resolve("README.md"), "---\ntags: [a]\nlicense: gemma\n---\nlicense: other\n");
        ref("some/model", "main", "abc");
        ModelCatalog.Entry entry = entry("some/model");
        assertNull(entry.problem());
        assertEquals("gemma", ModelCatalog.licence(entry));
        assertEquals(ModelCatalog.diskBytes(folder), entry.diskBytes());
        assertTrue(entry.diskBytes() > Files.size(folder.resolve("model.safetensors")));
        assertEquals(folder, store.find("some/model").path());
        assertEquals("CC-BY-4.0", ModelCatalog.licence(entry(ModelStore.EMBEDDED)));
        ModelDetails details = ModelCatalog.details(entry, null, "cpu", 64);
        assertTrue(details.pictures() && details.sounds());
        assertEquals(details, ModelCatalog.details(entry(ModelStore.EMBEDDED), null, "cpu", 64));
    }

    @Test
    void ggufFilesByTheirType() throws IOException {
        Path folder = snapshot("some/files", "abc");
        gguf(folder, "nano-Q8_0.gguf", DType.Q8_0);
        assertEquals(folder.resolve("nano-Q8_0.gguf"), store.find("some/files").path(), "the only one");
        gguf(folder, "nano-Q4_0.gguf", DType.Q4_0);
        assertFalse(
                ModelCatalog.details(entry("some/files:Q8_0"), null, "cpu", 64).pictures());
        long alone = entry("some/files:Q8_0").diskBytes();
        Path projector = folder.resolve("mmproj-F16.gguf");
        ProjectorExport.write(store.assets().model(), projector, DType.F16, share -> {});
        assertTrue(
                ModelCatalog.details(entry("some/files:Q8_0"), null, "cpu", 64).pictures());
        Path elsewhere = Files.copy(projector, folder.resolve("towers.bin"));
        Files.delete(projector);
        assertTrue(ModelCatalog.details(entry("some/files:Q8_0"), elsewhere, "cpu", 64)
                .pictures());
        Files.move(elsewhere, projector);
        assertEquals(alone + Files.size(projector), entry("some/files:Q8_0").diskBytes());
        Files.writeString(folder.resolve("cut-Q4_K_M.gguf"), "GGUF");
        assertEquals(
                folder.resolve("nano-Q4_0.gguf"), store.find("some/files:q4_0").path());
        String message = assertThrows(ModelNotFoundException.class, () -> store.find("some/files"))
                .problem();
        assertTrue(message.endsWith("Q4_K_M, Q4_0, Q8_0"), message);
        assertThrows(ModelNotFoundException.class, () -> store.find("some/files:0"));
        assertEquals(
                List.of("embedded", "some/files:Q4_K_M", "some/files:Q4_0", "some/files:Q8_0"),
                catalog.entries().stream().map(ModelCatalog.Entry::id).toList());
        assertNull(entry("some/files:Q8_0").problem());
        assertTrue(Objects.requireNonNull(entry("some/files:Q4_K_M").problem()).contains("cut-Q4_K_M.gguf"));
        Files.writeString(projector, "GGUF");
        assertTrue(Objects.requireNonNull(entry("some/files:Q8_0").problem()).contains("mmproj-F16.gguf"));
    }

    @Test
    void revisions() throws IOException {
        Path old = copyEmbedded("some/model", "aaa");
        Path now = copyEmbedded("some/model", "bbb");
        ref("some/model", "main", "aaa");
        ref("some/model", "v2", "bbb");
        assertEquals(old, store.find("some/model").path(), "what the ref says, not what is newest");
        assertEquals(now, store.find("some/model@v2").path());
        assertEquals(now, store.find("some/model@bbb").path());
        assertThrows(ModelNotFoundException.class, () -> store.find("some/model@v3"));
    }

    @Test
    void otherModelsAreLeftOutAndBrokenOnesExplained() throws IOException {
        Files.writeString(
                snapshot("meta/llama", "a").resolve("config.json"), "{\"architectures\": [\"LlamaForCausalLM\"]}");
        Path broken = copyEmbedded("some/model", "abc");
        Files.delete(broken.resolve("model.safetensors"));
        Files.createDirectories(home.resolve("models--none--here"));
        assertEquals(
                List.of("embedded", "some/model"),
                catalog.entries().stream().map(ModelCatalog.Entry::id).toList());
        assertTrue(Objects.requireNonNull(entry("some/model").problem()).contains("holds no model.safetensors"));
    }

    @ParameterizedTest
    @CsvSource({
        "gemma-3n-E2B-it-Q4_0.gguf,Q4_0",
        "gemma-3n-E2B-it-UD-Q4_K_XL.gguf,UD-Q4_K_XL",
        "gemma-3n-e4b-it.q8_0.gguf,Q8_0",
        "IQ4/x-IQ4_NL.gguf,IQ4_NL",
        "x-BF16.gguf,BF16",
        "E2B.gguf,''",
    })
    void typesOfFiles(String file, String type) {
        assertEquals(type, HubId.typeOf(file));
    }

    @ParameterizedTest
    @CsvSource({"google", "a/b/c", "../x/y", "a/..", "a/b:", "a/b@", "a/b@../c", "/a/b", "a--b/c", "a/b c"})
    void namesThatMakeNoSense(String id) {
        assertTrue(HubId.find(id).isEmpty());
    }
}
