package dev.matryoshka.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.checkpoint.Checkpoint;
import dev.matryoshka.engine.checkpoint.Projectors;
import dev.matryoshka.engine.config.ConfigReader;
import dev.matryoshka.engine.config.Json;
import dev.matryoshka.engine.config.ModelConfig;
import dev.matryoshka.engine.config.VisionConfig;
import dev.matryoshka.engine.error.InvalidRequestException;
import dev.matryoshka.engine.error.MatryoshkaException;
import dev.matryoshka.engine.error.UnsupportedModelException;
import dev.matryoshka.engine.support.Golden;
import dev.matryoshka.engine.support.TestDevice;
import dev.matryoshka.engine.vision.VisionEncoder;
import dev.matryoshka.engine.weights.DType;
import dev.matryoshka.engine.weights.SafetensorsFile;
import dev.matryoshka.engine.weights.SafetensorsWriter;
import dev.matryoshka.engine.weights.Tensor;
import dev.matryoshka.engine.weights.TensorCut;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A folder with towers, written as a GGUF file and an mmproj file and read back, against the reference on the folder. */
class ProjectorReferenceTest {
    private static final float TINY = 2e-3f;

    private static final String TABLE = "model.language_model.embed_tokens.weight";
    private static final int TEXT = 384; // ids of text in tiny-multimodal
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** What is converted once for all tests. */
    @TempDir
    private static Path shared = Path.of("");

    @TempDir
    private Path folder = Path.of("");

    private Path source = Path.of("");
    private Path model = Path.of("");
    private Path projector = Path.of("");

    @BeforeEach
    void files() throws IOException {
        source = shared.resolve("tiny");
        if (!Files.exists(source)) {
            folderWithTowers(source);
            tokenizer(source, true);
        }
        model = folder.resolve("tiny.gguf");
        projector = folder.resolve("mmproj-tiny.gguf");
    }

    private static void folderWithTowers(Path to) throws IOException {
        Files.createDirectory(to);
        for (String name : List.of("config.json", "model.safetensors")) {
            Files.copy(Golden.path("tiny-multimodal").resolve(name), to.resolve(name));
        }
    }

    /** The demo model's with ids of tiny-multimodal: the start markers 380 and 381, the towers' own ids from 384 on. */
    private static void tokenizer(Path to, boolean towers) throws IOException {
        ObjectNode json = (ObjectNode) Json.read(Golden.path("tokenizer/nano/tokenizer.json"));
        Map<String, Integer> own = towers
                ? Map.of(
                        "<start_of_image>", 380,
                        "<start_of_audio>", 381,
                        "<end_of_image>", TEXT,
                        "<image_soft_token>", TEXT + 1,
                        "<end_of_audio>", 448,
                        "<audio_soft_token>", 449)
                : Map.of("<start_of_image>", 380, "<start_of_audio>", 381);
        ObjectNode vocabulary = MAPPER.createObjectNode();
        json.at("/model/vocab").properties().forEach(piece -> {
            boolean renumbered =
                    piece.getKey().endsWith("_image>") || piece.getKey().endsWith("_audio>");
            if (piece.getValue().asInt() < 380 && !renumbered) {
                vocabulary.set(piece.getKey(), piece.getValue());
            }
        });
        for (int id = 382; id < TEXT; id++) {
            vocabulary.put("filler" + id, id);
        }
        ((ObjectNode) json.path("model")).set("vocab", vocabulary);
        ((ObjectNode) json.path("model")).putArray("merges");
        ArrayNode added = MAPPER.createArrayNode();
        json.path("added_tokens").forEach(token -> {
            if (vocabulary.has(token.path("content").asText())) {
                added.add(token);
            }
        });
        own.forEach((name, id) ->
                added.addObject().put("id", id).put("content", name).put("special", true));
        json.set("added_tokens", added);
        MAPPER.writeValue(to.resolve("tokenizer.json").toFile(), json);
    }

    /** Puts both files into the test's folder. */
    private void convert(DType towers) throws IOException {
        Path text = shared.resolve("tiny.gguf");
        Path media = shared.resolve(towers + ".gguf");
        if (!Files.exists(text)) {
            GgufExport.write(source, text, new GgufExport.Types(DType.BF16, DType.BF16, DType.BF16), share -> {});
        }
        if (!Files.exists(media)) {
            ProjectorExport.write(source, media, towers, share -> assertTrue(share <= 1));
        }
        Files.copy(text, model);
        Files.copy(media, projector);
    }

    @ParameterizedTest
    @CsvSource({"multimodal, F32", "multimodal, F16", "vision-96, BF16", "audio-28000, BF16"})
    void equalsTheReference(String name, DType type) throws IOException {
        convert(type);
        probe(name, 512);
    }

    private void probe(String name, int vocabulary) throws IOException {
        Path file = folder.resolve("out.safetensors");
        try (SafetensorsFile golden = Golden.open("tiny-multimodal/cases/" + name + ".safetensors");
                Gemma3n gemma = Gemma3n.load(model, TestDevice.options("tiny"))) {
            Probe.run(gemma, golden, 0).write(file);
            try (SafetensorsFile out = SafetensorsFile.open(file)) {
                for (String tensor : List.of("last_hidden_state", "soft_tokens", "input_features")) {
                    if (golden.find(tensor) != null) {
                        Golden.assertClose(tensor, Golden.floats(golden, tensor), Golden.floats(out, tensor), TINY);
                        Golden.assertSameShape(tensor, golden, out);
                    }
                }
                if (golden.find("logits") != null) {
                    float[] expected = columns(Golden.floats(golden, "logits"), vocabulary);
                    Golden.assertClose("logits", expected, Golden.floats(out, "logits"), TINY);
                }
            }
        }
    }

    private static float[] columns(float[] logits, int count) {
        float[] some = new float[logits.length / 512 * count];
        for (int i = 0; i < some.length; i++) {
            some[i] = logits[i / count * 512 + i % count];
        }
        return some;
    }

    /** As older converters write it: neither rows nor tokens for what is not text. */
    @Test
    void aTableOfTextAlone() throws IOException {
        ProjectorExport.write(source, projector, DType.F32, share -> {});
        source = folder.resolve("text");
        folderWithTowers(source);
        SafetensorsWriter cut = new SafetensorsWriter();
        try (SafetensorsFile whole = Golden.open("tiny-multimodal/model.safetensors")) {
            for (Map.Entry<String, Tensor> each : whole.tensors().entrySet()) {
                boolean table = each.getKey().equals(TABLE);
                cut.add(
                        each.getKey(),
                        table
                                ? TensorCut.rows(each.getValue(), List.of(new TensorCut.Range(0, TEXT)))
                                : TensorCut.whole(each.getValue()));
            }
            cut.write(source.resolve("model.safetensors"));
        }
        ObjectNode config = (ObjectNode) Json.read(source.resolve("config.json"));
        ((ObjectNode) config.path("text_config")).put("vocab_size", TEXT);
        MAPPER.writeValue(source.resolve("config.json").toFile(), config);
        tokenizer(source, false);
        GgufExport.write(source, model, new GgufExport.Types(DType.BF16, DType.BF16, DType.BF16), share -> {});
        probe("multimodal", TEXT);
    }

    @Test
    void configurationIsTheFoldersAndSoftTokensTakeRowZero() throws IOException {
        convert(DType.F16);
        try (Checkpoint read = Checkpoint.open(model)) {
            ModelConfig expected = ConfigReader.read(source);
            assertEquals(expected.vision(), read.config().vision());
            assertEquals(expected.audio(), read.config().audio());
            assertEquals(expected.text(), read.config().text());
            assertEquals(expected.imageSoftTokens(), read.config().imageSoftTokens());
            assertEquals(expected.audioSoftTokens(), read.config().audioSoftTokens());
            assertEquals(expected.imageSize(), read.config().imageSize());
            assertEquals(
                    expected.tokens().beginOfImage(), read.config().tokens().beginOfImage());
            assertEquals(expected.tokens().endOfAudio(), read.config().tokens().endOfAudio());
            Tensor rows = read.weights().find("model.language_model.embed_tokens_per_layer.weight");
            assertEquals(TEXT, Objects.requireNonNull(rows).rows());
        }
    }

    @Test
    void namedOrBesideTheModel() throws IOException {
        convert(DType.BF16);
        assertEquals(projector.toAbsolutePath(), Projectors.beside(model));
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere")).resolve("towers.gguf");
        Files.move(projector, elsewhere);
        assertNull(Projectors.beside(model));
        try (Checkpoint text = Checkpoint.open(model);
                Checkpoint all = Checkpoint.open(model, elsewhere)) {
            assertNull(text.config().vision());
            assertNotNull(all.config().vision());
        }
        assertThrows(InvalidRequestException.class, () -> Checkpoint.open(source, elsewhere));
        assertThrows(UnsupportedModelException.class, () -> Checkpoint.open(model, model));
    }

    /** Every file that is not whole is a complaint that names it. */
    @Test
    void damagedFiles() throws IOException {
        convert(DType.F16);
        byte[] whole = Files.readAllBytes(projector);
        Path changed = folder.resolve("changed.gguf");
        Random random = new Random(1);
        for (int i = 0; i < 40; i++) {
            Files.write(changed, Arrays.copyOf(whole, random.nextInt(whole.length - 32)));
            assertThrows(MatryoshkaException.class, this::openChanged);
            byte[] bytes = whole.clone();
            bytes[random.nextInt(40_000)] ^= (byte) (1 << random.nextInt(8));
            Files.write(changed, bytes);
            try {
                openChanged();
            } catch (MatryoshkaException e) {
                assertEquals(1, Objects.requireNonNull(e.getMessage()).lines().count());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "gemma3n, gemma3p, UnsupportedModelException",
        "mm.embedding.weight, mm.embedding.weighs, ModelFormatException",
        "mm.input_projection.weight, mm.input_projection.weighs, ModelFormatException",
        "clip.vision.image_size, clip.vision.image_sise, ModelFormatException",
        "a.blk.0.conv_dw.weight, a.blk.0.conv_dw.weighs, ModelFormatException",
        "v.msfa.norm.weight, v.msfa.norm.weighs, ModelFormatException"
    })
    void whatIsMissing(String name, String instead, String error) throws IOException {
        change(name, instead);
        MatryoshkaException e = assertThrows(MatryoshkaException.class, this::openChanged);
        assertEquals(error, e.getClass().getSimpleName());
        assertTrue(Objects.requireNonNull(e.getMessage()).contains(name.replaceFirst("^v\\.", "")), e.getMessage());
    }

    @Test
    void picturesOfAnotherKindAreLeftOutAndSoundsStay() throws IOException {
        change("gemma3nv", "gemma3pv");
        try (Checkpoint read = Checkpoint.open(model, folder.resolve("changed.gguf"))) {
            assertNull(read.config().vision());
            assertNotNull(read.config().audio());
        }
    }

    private void change(String name, String instead) throws IOException {
        convert(DType.F16);
        String bytes = Files.readString(projector, StandardCharsets.ISO_8859_1);
        Files.writeString(folder.resolve("changed.gguf"), bytes.replace(name, instead), StandardCharsets.ISO_8859_1);
    }

    /** Opens the towers too, which are loaded when first needed. */
    private void openChanged() {
        try (Checkpoint read = Checkpoint.open(model, folder.resolve("changed.gguf"));
                Backend cpu = Devices.open("cpu");
                CountingBackend counter = new CountingBackend(cpu)) {
            VisionConfig vision = read.config().vision();
            if (vision != null) {
                new VisionEncoder(read.weights(), vision, counter).close();
            }
        }
    }

    @Test
    void otherModels() throws IOException {
        convert(DType.F16);
        Path other = Golden.path("gguf/tiny-text-q4_0.gguf");
        assertThrows(
                MatryoshkaException.class,
                () -> Checkpoint.open(other, projector).close());
        Path text = folder.resolve("text");
        Files.createDirectory(text);
        for (String name : List.of("config.json", "model.safetensors")) {
            Files.copy(Golden.path("tiny-text").resolve(name), text.resolve(name));
        }
        assertThrows(
                UnsupportedModelException.class,
                () -> ProjectorExport.write(text, folder.resolve("x.gguf"), DType.F16, share -> {}));
        assertThrows(
                InvalidRequestException.class, () -> ProjectorExport.write(source, projector, DType.F16, share -> {}));
    }
}
