package dev.matryoshka.engine.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.engine.error.MatryoshkaException;
import dev.matryoshka.engine.error.ModelFormatException;
import dev.matryoshka.engine.error.UnsupportedModelException;
import dev.matryoshka.engine.support.Golden;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models that a well-formed file doesn't hold; a key is taken away by spelling it otherwise. */
class GgufConfigTest {
    private static final int HEADER = 24_576;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "general.architecture",
                "gemma3n.block_count",
                "gemma3n.context_length",
                "gemma3n.embedding_length",
                "gemma3n.feed_forward_length",
                "gemma3n.attention.head_count",
                "gemma3n.attention.head_count_kv",
                "gemma3n.attention.key_length",
                "gemma3n.attention.layer_norm_rms_epsilon",
                "gemma3n.attention.sliding_window",
                "gemma3n.attention.sliding_window_pattern",
                "gemma3n.attention.shared_kv_layers",
                "gemma3n.activation_sparsity_scale",
                "gemma3n.embedding_length_per_layer_input",
                "gemma3n.altup.num_inputs",
                "gemma3n.altup.active_idx",
                "gemma3n.rope.freq_base",
                "tokenizer.ggml.model",
                "tokenizer.ggml.tokens",
                "tokenizer.ggml.scores",
                "tokenizer.ggml.token_type",
                "tokenizer.ggml.bos_token_id",
                "tokenizer.ggml.eos_token_id"
            })
    void missingKeys(String key) throws IOException {
        assertComplaint(
                assertThrows(ModelFormatException.class, () -> open(key, "?" + key.substring(1))), "lacks " + key);
    }

    @ParameterizedTest
    @ValueSource(strings = {"token_embd.weight", "per_layer_token_embd.weight", "blk.0.laurel_l.weight"})
    void missingTensorsThatSizesComeFrom(String name) throws IOException {
        assertComplaint(
                assertThrows(ModelFormatException.class, () -> open(name, "?" + name.substring(1))),
                "lacks the tensor " + name);
    }

    /** Wherever a file may end and whichever bit of its header is wrong, all that comes is a complaint. */
    @Test
    void cutAndChangedFiles() throws IOException {
        byte[] whole = Files.readAllBytes(Golden.path("gguf/tiny-text-q4_0.gguf"));
        Path file = folder.resolve("changed.gguf");
        Random random = new Random(1);
        for (int i = 0; i < 200; i++) {
            Files.write(file, Arrays.copyOf(whole, random.nextInt(whole.length - 32)));
            assertComplaint(assertThrows(MatryoshkaException.class, () -> open(file)), "");
            byte[] changed = whole.clone();
            changed[random.nextInt(HEADER)] ^= (byte) (1 << random.nextInt(8));
            Files.write(file, changed);
            try {
                open(file);
            } catch (MatryoshkaException e) {
                assertComplaint(e, "");
            }
        }
    }

    private static void open(Path file) {
        Checkpoint.open(file).close();
    }

    @Test
    void otherArchitectures() {
        assertComplaint(assertThrows(UnsupportedModelException.class, () -> open("gemma3n", "gemma3m")), "gemma3m");
    }

    /** Tokens the model doesn't need, by the same number of bytes. */
    @Test
    void otherTokenizers() {
        assertComplaint(assertThrows(UnsupportedModelException.class, () -> open("llama", "gpt-2")), "gpt-2");
    }

    private void open(String key, String instead) throws IOException {
        String bytes = Files.readString(Golden.path("gguf/tiny-text-q4_0.gguf"), StandardCharsets.ISO_8859_1);
        Path file = folder.resolve("changed.gguf");
        // a key is a prefix of others: its length goes before it
        String spelled = (char) key.length() + "\0\0\0\0\0\0\0";
        String changed = bytes.replace(spelled + key, spelled + instead);
        assertTrue(!changed.equals(bytes), key);
        Files.writeString(file, changed, StandardCharsets.ISO_8859_1);
        open(file);
    }

    private static void assertComplaint(MatryoshkaException e, String complaint) {
        String message = Objects.requireNonNull(e.getMessage());
        assertTrue(message.contains("changed.gguf") && message.contains(complaint), message);
        assertEquals(1, message.lines().count());
    }
}
