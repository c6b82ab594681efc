package dev.matryoshka.engine.fuzz;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.matryoshka.engine.weights.SafetensorsFile;
import dev.matryoshka.engine.weights.SafetensorsWriter;
import dev.matryoshka.engine.weights.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Files of weights. A tensor that was found can be read to its end. */
class SafetensorsFuzzTest {
    private static final Path FOLDER = Reading.folder();

    static Stream<byte[]> seeds() throws IOException {
        Path file = FOLDER.resolve("seed.safetensors");
        new SafetensorsWriter().write(file);
        byte[] empty = Files.readAllBytes(file);
        SafetensorsWriter out = new SafetensorsWriter();
        out.add("a", new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
        out.add("b", new long[] {7});
        out.write(file);
        return Stream.of(empty, Files.readAllBytes(file));
    }

    @MethodSource("seeds")
    @DictionaryEntries({
        "__metadata__", "\"dtype\":", "\"shape\":[", "\"data_offsets\":[", "F32", "F16", "BF16", "I64", "I32", "U8",
                "F64",
        "{}", "[]", "null", "true", "-1", "0.5", "1e9", "4294967296", "9223372036854775807", "\\u0000", "\\ud800"
    })
    @FuzzTest
    void opens(byte[] content) throws Exception {
        Path file = FOLDER.resolve("model.safetensors");
        Files.write(file, content);
        Reading.mustEndWell(content, () -> {
            try (SafetensorsFile weights = SafetensorsFile.open(file)) {
                for (Tensor tensor : weights.tensors().values()) {
                    if (tensor.elements() > 0) {
                        tensor.getFloat(0);
                        tensor.getFloat(tensor.elements() - 1);
                    }
                }
            }
        });
    }
}
