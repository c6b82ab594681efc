package dev.matryoshka.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.engine.weights.SafetensorsWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Exit statuses and one-line errors of the commands. */
class CommandLineTest {
    @ParameterizedTest
    @CsvSource({
        "ask --model no/such-model hi,there is no model",
        "ask --temperature -1 hi,temperature is out of range",
        "ask --max-tokens 0 hi,max-tokens is out of range",
        "ask --slice E9 hi,there is no slice",
        "ask --device tpu hi,there is no device",
        "ask --image none.png hi,none.png",
        "ask --audio none.wav hi,none.wav",
        "ask --video none.mp4 hi,none.mp4",
        "ask --frames-per-second 0 --image none.png hi,use a number over 0",
        "ask --context -5 hi,a context of -5 tokens",
        "ask --adapter none:0.5 hi,adapter_config.json: name a folder",
        "ask,nothing to answer",
        "tokenize,no single text",
        "ask --model pom.xml hi,does not begin with GGUF",
        "slices --model none.gguf,there is no model",
        "tokenize --tokenizer none.json hi,none.json",
        "bench --model no/such-model,there is no model",
        "bench --prompt 0,--prompt is 0",
        "bench --generate -3,--generate is -3",
        "bench --runs 0,--runs is 0",
        "bench --prompt 4096,the context holds",
        "bench --device tpu,there is no device",
        "selftest --device tpu,there is no device",
        "selftest --repeat 0,--repeat is 0",
        "ask --device vulkan:99 hi,there is no device",
        "ask --device opencl:99 hi,there is no device",
        "ask --device faulty:weight=9 hi,the faulty device is full",
        "ask --device faulty:free=1000000 hi,where 0.00 GB are free",
        "ask --type q9 hello,there is no type 'q9'",
        "bench --synthetic E2B --type q5,there is no type",
        "bench --synthetic E9B,no published model",
        "bench --synthetic E2B --model folder,name two models",
        "slices --synthetic E2B --model folder,name two models",
        "convert --slice half --to src,src is not empty",
        "convert --slice E9 --to target/none,there is no slice",
        "ask --speculate whole hi,the slice whole can't draft for whole",
        "ask --speculate auto --elastic 5 hi,both change the size",
        "bench --speculate whole,the slice whole can't draft for whole",
        "ask --elastic -1 hi,a target of -1.0 tokens/s",
        "bench-products --type q5,there is no type 'q5'",
        "bench-products --rows 0,--rows is 0",
        "bench-towers --pixels 100,--pixels is 100",
        "bench-towers --seconds 31,--seconds is 31.0",
        "bench-towers --runs 0,--runs is 0",
        "bench --elastic 0,a target of 0.0 tokens/s",
        "bench --switch half,--switch names 1 slices",
        "bench --switch half;E9,there is no slice 'E9'",
        "bench --switch half;whole --context 70,the context holds",
        "slices --type q4_0,--type is for --synthetic",
        "slices --model no/such-model,there is no model",
        "slices --save half --slice 0.75,the name half is taken",
        "slices --save ../x --slice 0.75,can't be called",
        "probe --case none.safetensors --out out.safetensors,none.safetensors",
    })
    void failsWithOneLine(String line, String complaint) {
        Result result = run(line.replace(';', ',').split(" "));
        assertEquals(Main.FAILURE, result.status());
        assertEquals(1, result.error().lines().count(), result.error());
        assertTrue(result.error().startsWith("matryoshka: "), result.error());
        assertTrue(result.error().contains(complaint), result.error());
    }

    @Test
    void aDeviceThatFailsIsNamedInOneLine() {
        Result result = run("ask --temperature 0 --device faulty:run=2 Hello".split(" "));
        assertEquals(0, result.status(), result.error());
        assertTrue(result.error().startsWith("matryoshka: going on with CPU, "), result.error());
        assertTrue(
                result.error().lines().findFirst().orElseThrow().endsWith(": the faulty device was lost"),
                result.error());
    }

    @Test
    void wrongOptionsAreUsageErrors() {
        Result result = run("ask", "--no-such-option", "hi");
        assertEquals(Main.USAGE, result.status());
        assertTrue(result.error().contains("--no-such-option"), result.error());
    }

    /** Cases that make no sense, on the embedded model. */
    @ParameterizedTest
    @CsvSource({
        "empty,0,at least one id",
        "float,0,at least one id",
        "huge,0,not in the vocabulary",
        "fine,2000000000,tokens"
    })
    void impossibleProbes(String kind, int steps, String complaint, @TempDir Path folder) throws IOException {
        SafetensorsWriter input = new SafetensorsWriter();
        switch (kind) {
            case "empty" -> input.add("input_ids", new long[0], 0);
            case "float" -> input.add("input_ids", new float[] {5}, 1);
            case "huge" -> input.add("input_ids", new long[] {(1L << 32) + 5}, 1);
            default -> input.add("input_ids", new long[] {5}, 1);
        }
        Path file = folder.resolve("case.safetensors");
        input.write(file);
        String out = folder.resolve("out").toString();
        Result result = run("probe", "--case", file.toString(), "--out", out, "--steps", "" + steps);
        assertEquals(Main.FAILURE, result.status());
        assertEquals(1, result.error().lines().count(), result.error());
        assertTrue(result.error().contains(complaint), result.error());
    }

    @Test
    void aDamagedModelFolder(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("config.json"), "{\"architectures\": [\"LlamaForCausalLM\"]}");
        Result result = run("ask", "--model", folder.toString(), "hi");
        assertEquals(Main.FAILURE, result.status());
        assertTrue(result.error().contains("LlamaForCausalLM"), result.error());
    }

    @Test
    void modelsAreFoundInTheHubsCache(@TempDir Path home) throws IOException {
        Path snapshot = home.resolve("hub/models--google--gemma-3n-E2B-it/snapshots/abc");
        Files.createDirectories(snapshot);
        Files.writeString(snapshot.resolve("config.json"), "{}");
        AppFolders folders = new AppFolders(Map.of("HF_HOME", home.toString()), home, "linux");
        assertEquals(
                snapshot, new ModelStore(folders).find("google/gemma-3n-E2B-it").path());
    }

    /** What a command left behind. */
    private record Result(int status, String error) {}

    private static Result run(String... arguments) {
        PrintStream before = System.err;
        ByteArrayOutputStream error = new ByteArrayOutputStream();
        System.setErr(new PrintStream(error, true, StandardCharsets.UTF_8));
        try {
            int status = Main.run(arguments);
            return new Result(status, error.toString(StandardCharsets.UTF_8));
        } finally {
            System.setErr(before);
        }
    }
}
