package dev.matryoshka.gpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.matryoshka.engine.Gemma3n;
import dev.matryoshka.engine.LoadOptions;
import dev.matryoshka.engine.Probe;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.support.Golden;
import dev.matryoshka.engine.weights.DType;
import dev.matryoshka.engine.weights.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole models whose matrices, the tied head among them, are stored in types of super-blocks: a device against the CPU. */
final class StoredTypesTest {
    private static final float CLOSE = 5e-3f; // one row at a time meets them as integers of 16 bits

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"vulkan, Q4_K", "vulkan, Q6_K", "vulkan, IQ4_XS", "opencl, Q4_K", "opencl, Q6_K"})
    void aDeviceSaysWhatTheCpuSays(String device, DType type) throws IOException {
        try (SafetensorsFile cpu = run("cpu", type);
                SafetensorsFile tested = run(device, type)) {
            Golden.assertClose("logits", Golden.floats(cpu, "logits"), Golden.floats(tested, "logits"), CLOSE);
            assertArrayEquals(Golden.ints(cpu, "greedy_ids"), Golden.ints(tested, "greedy_ids"));
        }
    }

    /** The tiny model, four times as wide. */
    private SafetensorsFile run(String device, DType type) throws IOException {
        String config = Files.readString(Golden.path("tiny-text/config.json"))
                .replace("\"hidden_size\": 64", "\"hidden_size\": 256")
                .replace("\"head_dim\": 16", "\"head_dim\": 64")
                .replaceAll("\\b128(,?\\n)", "512$1");
        Files.writeString(folder.resolve("config.json"), config);
        Path out = folder.resolve(device + ".safetensors");
        LoadOptions options = new LoadOptions("wider", device, MatFormerSlice::whole, 256);
        try (SafetensorsFile prompt = Golden.open("tiny-text/cases/text-9.safetensors");
                Gemma3n gemma = Gemma3n.synthetic(folder, type, 1, options)) {
            assertEquals(type.name(), gemma.info().type());
            Probe.run(gemma, prompt, 8).write(out);
        }
        return SafetensorsFile.open(out);
    }
}
