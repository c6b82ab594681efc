package dev.matryoshka.app;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.assets.EmbeddedAssets;
import dev.matryoshka.engine.ChatSession;
import dev.matryoshka.engine.Gemma3n;
import dev.matryoshka.engine.GenerationConfig;
import dev.matryoshka.engine.GgufExport;
import dev.matryoshka.engine.LoadOptions;
import dev.matryoshka.engine.Prompt;
import dev.matryoshka.engine.PromptPart;
import dev.matryoshka.engine.StoredMatrix;
import dev.matryoshka.engine.checkpoint.Checkpoint;
import dev.matryoshka.engine.config.TextConfig;
import dev.matryoshka.engine.error.InvalidRequestException;
import dev.matryoshka.engine.tokenizer.Tokenizer;
import dev.matryoshka.engine.weights.DType;
import dev.matryoshka.engine.weights.Quantizer;
import dev.matryoshka.engine.weights.Tensor;
import dev.matryoshka.media.audio.AudioDecoder;
import dev.matryoshka.media.image.ImageDecoder;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The embedded model as GGUF files. */
class ConvertCommandTest {
    private static final String DECODER = "model.language_model.";

    @TempDir
    private Path folder = Path.of("");

    private Path model() throws IOException {
        return EmbeddedAssets.open(folder.resolve("cache")).model();
    }

    private Path convert(DType type) throws IOException {
        Path file = folder.resolve(type + ".gguf");
        GgufExport.write(model(), file, new GgufExport.Types(type, type, type), share -> assertTrue(share <= 1));
        return file;
    }

    private static Tensor tensor(Checkpoint from, String name) {
        return Objects.requireNonNull(from.weights().find(DECODER + name), name);
    }

    @Test
    void aFileInTheTypeOfTheFolderHoldsTheSameNumbers() throws IOException {
        try (Checkpoint gguf = Checkpoint.open(convert(DType.BF16));
                Checkpoint original = Checkpoint.open(model())) {
            int compared = 0;
            for (String name : original.weights().shapes().keySet()) {
                if (!name.startsWith(DECODER)) {
                    continue;
                }
                float[] expected =
                        Objects.requireNonNull(original.weights().find(name)).toFloats();
                Tensor actual = Objects.requireNonNull(gguf.weights().find(name), name);
                assertArrayEquals(expected, actual.toFloats(0, expected.length), name);
                compared++;
            }
            assertTrue(compared > 200, compared + " tensors");
            TextConfig text = original.config().text();
            TextConfig written = gguf.config().text();
            assertEquals(text.intermediateSize(), written.intermediateSize());
            assertEquals(text.layerTypes(), written.layerTypes());
            assertEquals(text.activationSparsityPattern(), written.activationSparsityPattern());
            assertEquals(text.numKvSharedLayers(), written.numKvSharedLayers());
            assertEquals(
                    original.config().tokens().stop(), gguf.config().tokens().stop());
            assertEquals(original.config().sampling(), gguf.config().sampling());
            Tokenizer tokenizer = Objects.requireNonNull(gguf.tokenizer());
            String words = "What is 3 plus 4? <end_of_turn> ümläut\n  two spaces";
            assertArrayEquals(
                    Objects.requireNonNull(original.tokenizer()).encode(words, true), tokenizer.encode(words, true));
        }
    }

    @Test
    void quantisedMatricesAreGgmlsBlocksAndSensitiveOnesStay() throws IOException {
        try (Checkpoint gguf = Checkpoint.open(convert(DType.Q4_0));
                Checkpoint original = Checkpoint.open(model())) {
            Tensor actual = tensor(gguf, "layers.3.mlp.down_proj.weight");
            assertEquals(DType.Q4_0, actual.type());
            float[] values = tensor(original, "layers.3.mlp.down_proj.weight").toFloats();
            byte[] expected = new byte[Math.toIntExact(DType.Q4_0.bytes(values.length))];
            Quantizer.quantize(DType.Q4_0, values, MemorySegment.ofArray(expected));
            assertArrayEquals(expected, actual.data().toArray(ValueLayout.JAVA_BYTE));
            assertEquals(
                    DType.BF16,
                    tensor(gguf, "layers.3.laurel.linear_left.weight").type());
            assertEquals(
                    DType.F32, tensor(gguf, "layers.3.input_layernorm.weight").type());
            assertEquals(
                    original.config().text().vocabSize(),
                    tensor(gguf, "embed_tokens_per_layer.weight").rows());
        }
    }

    /** The demo model's rows are short, so Q4_K becomes what llama-quantize falls back to; its widest ones stay. */
    @Test
    void superBlocksWhereRowsAreLongEnough() throws IOException {
        Path file = folder.resolve("q4_k.gguf");
        List<StoredMatrix> stored = new ArrayList<>();
        GgufExport.write(model(), file, GgufExport.Types.of(DType.Q4_K), share -> {}, true, stored::add);
        try (Checkpoint gguf = Checkpoint.open(file)) {
            assertEquals(
                    DType.Q4_K, tensor(gguf, "layers.3.mlp.down_proj.weight").type());
            assertEquals(DType.Q5_0, tensor(gguf, "layers.3.mlp.up_proj.weight").type());
            assertEquals(DType.Q8_0, tensor(gguf, "embed_tokens.weight").type());
        }
        StoredMatrix down = stored.stream()
                .filter(m -> m.name().equals("blk.3.ffn_down.weight"))
                .findFirst()
                .orElseThrow();
        assertTrue(down.relativeError() > 0.03 && down.relativeError() < 0.09, down.toString());
        assertTrue(down.largestError() > 0 && down.largestError() < 0.1, down.toString());
        StoredMatrices report = new StoredMatrices(stored);
        assertTrue(report.table().contains("blk.3.ffn_down.weight"), report.table());
        assertTrue(
                report.otherThanWanted()
                        .toString()
                        .contains("stored as q5_0: rows are no multiple of 256, as q4_k needs"),
                report.otherThanWanted().toString());
        try (Gemma3n gemma = Gemma3n.load(file, LoadOptions.named("q4_k"));
                ChatSession chat = gemma.newChat("")) {
            assertEquals(
                    "3 plus 4 is 7.",
                    chat.send(Prompt.of("What is 3 plus 4?"), GenerationConfig.greedy(20), piece -> {})
                            .text());
        }
    }

    @Test
    void aSliceBecomesAFileThatAnswers() throws IOException {
        Path file = folder.resolve("half model.gguf");
        assertEquals(0, Main.run("convert", "--to", file.toString(), "--slice", "half"));
        try (Gemma3n gemma = Gemma3n.load(file, LoadOptions.named("half"));
                ChatSession chat = gemma.newChat("")) {
            assertEquals(
                    "3 plus 4 is 7.",
                    chat.send(Prompt.of("What is 3 plus 4?"), GenerationConfig.greedy(20), piece -> {})
                            .text());
        }
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(List.of(file), left.filter(Files::isRegularFile).toList());
        }
    }

    /** What the folder answers, by a picture and a sound, from files found by their names. */
    @Test
    void towersBecomeAFileBesideIt() throws IOException {
        Path file = folder.resolve("nano.gguf");
        Path towers = folder.resolve("mmproj-nano.gguf");
        assertEquals(0, Main.run("convert", "--to", file.toString(), "--type", "bf16", "--mmproj", towers.toString()));
        Path samples = EmbeddedAssets.open(folder.resolve("cache")).samples();
        List<PromptPart> media = List.of(
                new PromptPart.Image(ImageDecoder.decode(samples.resolve("picture3.png"))),
                new PromptPart.Audio(AudioDecoder.decode(samples.resolve("sound0.wav"), 3)));
        try (Gemma3n gguf = Gemma3n.load(file, LoadOptions.named("gguf"));
                Gemma3n original = Gemma3n.load(model(), LoadOptions.named("folder"))) {
            for (PromptPart part : media) {
                assertEquals(answer(original, part), answer(gguf, part));
            }
        }
    }

    private static String answer(Gemma3n gemma, PromptPart media) {
        try (ChatSession chat = gemma.newChat("")) {
            Prompt prompt = new Prompt(List.of(media, new PromptPart.Text("What is it?")));
            return chat.send(prompt, GenerationConfig.greedy(20), piece -> {}).text();
        }
    }

    @Test
    void whatIsThereIsNotOverwrittenAndNothingIsLeftOfAFailure() throws IOException {
        Path file = Files.writeString(folder.resolve("there.gguf"), "mine");
        assertEquals(1, Main.run("convert", "--to", file.toString()));
        assertEquals("mine", Files.readString(file));
        assertEquals(1, Main.run("convert", "--to", folder.resolve("x.gguf").toString(), "--type", "q9"));
        assertEquals(1, Main.run("convert", "--to", folder.resolve("folder").toString()));
        assertEquals(1, Main.run("convert", "--to", folder + "/x", "--slice", "half", "--mmproj", folder + "/y.gguf"));
        String x = folder.resolve("x.gguf").toString();
        assertEquals(1, Main.run("convert", "--to", x, "--mmproj", folder + "/y.gguf", "--mmproj-type", "q8_0"));
        assertEquals(1, Main.run("convert", "--to", x, "--mmproj", file.toString()));
        assertEquals(1, Main.run("convert", "--to", file.toString(), "--mmproj", folder + "/y.gguf"));
        Path missing = folder.resolve("no/such/folder.gguf");
        assertEquals(1, Main.run("convert", "--to", missing.toString()));
        assertEquals(1, Main.run("convert", "--to", missing.toString(), "--slice", "half"));
        Path interrupted = folder.resolve("interrupted.gguf");
        assertThrows(
                InvalidRequestException.class,
                () -> GgufExport.write(
                        model(), interrupted, new GgufExport.Types(DType.Q8_0, DType.Q8_0, DType.Q8_0), share -> {
                            throw new InvalidRequestException("stopped", "try again");
                        }));
        assertFalse(Files.exists(interrupted));
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(List.of(file), left.filter(Files::isRegularFile).toList());
        }
    }
}
