package dev.matryoshka.engine.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.matryoshka.engine.checkpoint.Checkpoint;
import dev.matryoshka.engine.config.ConfigReader;
import dev.matryoshka.engine.tokenizer.BpeTokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What fuzzing starts from is whole, as it would get nowhere from a file that is refused at once. */
class SeedsTest {
    @TempDir
    private Path folder;

    @Test
    void aModelWithItsTowers() throws IOException {
        Path model = folder.resolve("model.gguf");
        Path projector = folder.resolve("mmproj-model.gguf");
        GgufSeeds.model(model);
        GgufSeeds.projector(projector);
        try (Checkpoint checkpoint = Checkpoint.open(model, projector)) {
            assertNotNull(checkpoint.tokenizer());
            assertNotNull(checkpoint.config().vision());
            assertNotNull(checkpoint.config().audio());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"small.json", "older.json"})
    void tokenizers(String name) throws IOException {
        Path file = Files.write(folder.resolve("tokenizer.json"), seed("TokenizerFuzzTestInputs/loads/" + name));
        assertEquals(7, BpeTokenizer.load(file).encode("ab", false)[0]);
    }

    @ParameterizedTest
    @CsvSource({"multimodal.txt,true", "text.txt,false"})
    void configurations(String name, boolean towers) throws IOException {
        ConfigFuzzTest.write(folder, seed("ConfigFuzzTestInputs/reads/" + name));
        assertEquals(towers, ConfigReader.read(folder).vision() != null);
    }

    private static byte[] seed(String name) throws IOException {
        try (InputStream in = SeedsTest.class.getResourceAsStream(name)) {
            return Objects.requireNonNull(in).readAllBytes();
        }
    }
}
