package dev.matryoshka.engine.fuzz;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.matryoshka.engine.checkpoint.Checkpoint;
import dev.matryoshka.engine.weights.Tensor;
import dev.matryoshka.engine.weights.gguf.GgufFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.provider.MethodSource;

/** GGUF files as such, then as a model with its configuration and tokenizer. */
class GgufFuzzTest {
    private static final Path FOLDER = Reading.folder();

    static Stream<byte[]> seeds() throws IOException {
        Path file = FOLDER.resolve("seed.gguf");
        GgufSeeds.model(file);
        return Stream.of(Files.readAllBytes(file));
    }

    @MethodSource("seeds")
    @DictionaryEntries({
        "GGUF",
        "gemma3n",
        "llama",
        "general.alignment",
        "tokenizer.ggml.merges",
        "split.count",
        "<0x00>",
        "a b",
        "\u0000\u0000\u0000\u0000",
        "\u0008\u0000\u0000\u0000"
    })
    @FuzzTest
    void opens(byte[] content) throws Exception {
        Path file = FOLDER.resolve("model.gguf");
        Files.write(file, content);
        Reading.mustEndWell(content, () -> {
            try (GgufFile gguf = GgufFile.open(file)) {
                gguf.metadata().keys().forEach(gguf.metadata()::find);
                gguf.tensors().values().forEach(GgufFuzzTest::ends);
            }
        });
        Reading.mustEndWell(content, () -> {
            try (Checkpoint model = Checkpoint.open(file)) {
                Objects.requireNonNull(model.tokenizer()).encode("ab \n<end_of_turn>é", true);
                List.copyOf(model.weights().shapes().keySet())
                        .forEach(name -> ends(model.weights().find(name)));
            }
        });
    }

    private static void ends(@Nullable Tensor tensor) {
        if (tensor != null && tensor.elements() > 0) {
            tensor.getFloat(0);
            tensor.getFloat(tensor.elements() - 1);
        }
    }
}
