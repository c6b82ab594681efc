package dev.matryoshka.engine.fuzz;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.matryoshka.engine.checkpoint.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** The {@code mmproj} file beside a GGUF model. */
class ProjectorFuzzTest {
    private static final Path FOLDER = Reading.folder();

    static Stream<byte[]> seeds() throws IOException {
        GgufSeeds.model(FOLDER.resolve("model.gguf"));
        Path file = FOLDER.resolve("seed.gguf");
        GgufSeeds.projector(file);
        return Stream.of(Files.readAllBytes(file));
    }

    @MethodSource("seeds")
    @DictionaryEntries({
        "GGUF",
        "clip",
        "gemma3nv",
        "gemma3na",
        "clip.projector_type",
        "clip.audio.residual_weight",
        "clip.audio.attention.logit_cap",
        "clip.audio.gradient_clipping",
        "clip.audio.group_norm_eps"
    })
    @FuzzTest
    void opens(byte[] content) throws Exception {
        Path file = FOLDER.resolve("mmproj.gguf");
        Files.write(file, content);
        Reading.mustEndWell(content, () -> {
            try (Checkpoint model = Checkpoint.open(FOLDER.resolve("model.gguf"), file)) {
                model.weights().shapes().keySet().forEach(model.weights()::find);
            }
        });
    }
}
