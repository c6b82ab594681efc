package dev.matryoshka.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.matryoshka.assets.EmbeddedAssets;
import dev.matryoshka.engine.ChatSession;
import dev.matryoshka.engine.Gemma3n;
import dev.matryoshka.engine.GenerationConfig;
import dev.matryoshka.engine.LoadOptions;
import dev.matryoshka.engine.Prompt;
import dev.matryoshka.engine.PromptPart;
import dev.matryoshka.engine.checkpoint.Checkpoint;
import dev.matryoshka.engine.error.InvalidRequestException;
import dev.matryoshka.engine.error.MatryoshkaException;
import dev.matryoshka.engine.weights.DType;
import dev.matryoshka.media.image.ImageDecoder;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A folder quantised once into the cache. */
class QuantizedModelsTest {
    @TempDir
    private Path root;

    private EmbeddedAssets assets;
    private ModelStore.Found model;
    private QuantizedModels quantized;

    @BeforeEach
    void unpack() throws IOException {
        assets = EmbeddedAssets.open(root.resolve("assets"));
        model = new ModelStore.Found("publisher/nano", assets.model());
        quantized = new QuantizedModels(root.resolve("cache"));
    }

    private static void never(double share) {
        fail("made again, " + share);
    }

    private List<String> files() throws IOException {
        try (Stream<Path> all = Files.walk(root.resolve("cache"))) {
            return all.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }

    @Test
    void theSecondTimeItComesFromTheCacheAndAnswers() throws IOException {
        Path file = quantized.find(model, DType.Q4_K, share -> assertTrue(share >= 0 && share <= 1));
        assertEquals(file, quantized.find(model, DType.Q4_K, QuantizedModelsTest::never));
        quantized.find(model, DType.Q8_0, share -> {});
        assertEquals(
                List.of("lock", "mmproj-publisher-nano.gguf", "publisher-nano-q4_k.gguf", "publisher-nano-q8_0.gguf"),
                files());
        PromptPart picture =
                new PromptPart.Image(ImageDecoder.decode(assets.samples().resolve("picture3.png")));
        try (Gemma3n gemma = Gemma3n.load(file, LoadOptions.named("nano"));
                Gemma3n original = Gemma3n.load(model.path(), LoadOptions.named("nano"))) {
            assertEquals("3 plus 4 is 7.", answer(gemma, new PromptPart.Text("What is 3 plus 4?")));
            assertEquals(
                    answer(original, picture, new PromptPart.Text("What is it?")),
                    answer(gemma, picture, new PromptPart.Text("What is it?")));
        }
    }

    private static String answer(Gemma3n gemma, PromptPart... parts) {
        try (ChatSession chat = gemma.newChat("")) {
            return chat.send(new Prompt(List.of(parts)), GenerationConfig.greedy(20), piece -> {})
                    .text();
        }
    }

    @Test
    void anotherFolderHasAPlaceOfItsOwn() throws IOException {
        Path copy = Files.createDirectory(root.resolve("nano"));
        try (Stream<Path> all = Files.list(model.path())) {
            for (Path file : all.toList()) {
                Files.copy(file, copy.resolve(file.getFileName()));
            }
        }
        ModelStore.Found found = new ModelStore.Found("publisher/nano", copy);
        Path before = quantized.find(found, DType.Q8_0, share -> {});
        Files.setLastModifiedTime(copy.resolve("model.safetensors"), FileTime.fromMillis(1_000_000));
        assertNotEquals(before, quantized.find(found, DType.Q8_0, share -> {}));
    }

    @Test
    void aFileHasItsTypeAlready() {
        Path gguf = quantized.find(model, DType.Q8_0, share -> {});
        InvalidRequestException e = assertThrows(
                InvalidRequestException.class,
                () -> quantized.find(new ModelStore.Found("x.gguf", gguf), DType.Q4_0, QuantizedModelsTest::never));
        assertTrue(String.valueOf(e.getMessage()).contains("leave --type out"), e.getMessage());
    }

    /** Each run is killed a little later than the one before, which it goes on from; what has its name is whole. */
    @Test
    void killedAnywhereItGoesOn() throws IOException, InterruptedException {
        Path whole = new QuantizedModels(root.resolve("other")).find(model, DType.Q4_K, share -> {});
        double reached = 0;
        for (double stop : new double[] {0, 0.05, 0.3, 0.7, 0.95}) {
            List<String> said = run("", stop);
            assertEquals("killed", said.getLast(), said.toString());
            double first = Double.parseDouble(said.getFirst());
            assertTrue(first > reached - 0.2, "begun at " + first + ", had reached " + reached);
            reached = stop;
            for (String name : files()) {
                assertTrue(
                        name.matches("lock|.*\\.part|.*\\.part\\.sums|mmproj-publisher-nano\\.gguf"),
                        files().toString());
            }
        }
        assertTrue(Double.parseDouble(run("", 2).getFirst()) > 0.7);
        Path made = quantized.find(model, DType.Q4_K, QuantizedModelsTest::never);
        assertEquals(-1, Files.mismatch(whole, made));
        assertEquals(-1, Files.mismatch(beside(whole), beside(made)));
        assertEquals(List.of("lock", "mmproj-publisher-nano.gguf", "publisher-nano-q4_k.gguf"), files());
    }

    private static Path beside(Path text) {
        return text.resolveSibling("mmproj-publisher-nano.gguf");
    }

    /** The system refuses to let files grow over a size, as a full disk does. */
    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aFullDiskLeavesNothingBehind() throws IOException, InterruptedException {
        List<String> said = run("ulimit -f 2000; ", 2);
        assertTrue(said.getLast().startsWith("MatryoshkaException: "), said.toString());
        assertTrue(said.getLast().contains("can't be written (File too large)"), said.toString());
        assertEquals(List.of("lock"), files());
        try (Checkpoint checkpoint = Checkpoint.open(quantized.find(model, DType.Q4_K, share -> {}))) {
            assertEquals(1024, checkpoint.config().text().vocabSize());
        }
    }

    /** What a process says that makes it, and dies when a share is reached. */
    private List<String> run(String before, double stop) throws IOException, InterruptedException {
        String command = before + "exec \"$@\"";
        Process process = new ProcessBuilder(
                        "sh",
                        "-c",
                        command,
                        "sh",
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Maker.class.getName(),
                        root.resolve("cache").toString(),
                        model.path().toString(),
                        Double.toString(stop))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader said = process.inputReader()) {
            return said.lines().toList();
        } finally {
            process.waitFor();
        }
    }

    /** Makes the file in a process of its own; says the first share it hears of and how it ended. */
    static final class Maker {
        private static boolean begun;

        private Maker() {}

        public static void main(String[] args) {
            double stop = Double.parseDouble(args[2]);
            try {
                new QuantizedModels(Path.of(args[0]))
                        .find(new ModelStore.Found("publisher/nano", Path.of(args[1])), DType.Q4_K, share -> {
                            if (!begun) {
                                begun = true;
                                System.out.println(share);
                            }
                            if (share >= stop) {
                                System.out.println("killed");
                                System.out.flush();
                                Runtime.getRuntime().halt(137);
                            }
                        });
                System.out.println("made");
            } catch (MatryoshkaException e) {
                System.out.println("MatryoshkaException: " + e.getMessage());
            }
        }
    }
}
