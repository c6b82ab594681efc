package dev.matryoshka.engine.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.engine.error.ModelFormatException;
import dev.matryoshka.engine.error.ModelNotFoundException;
import dev.matryoshka.engine.error.UnsupportedModelException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that are not as they should be. */
class TokenizerReaderTest {
    private static final String WHOLE = """
            {'normalizer': {'type': 'Replace', 'pattern': {'String': ' '}, 'content': '▁'},
             'decoder': {'type': 'Sequence', 'decoders': [
                 {'type': 'Replace', 'pattern': {'String': '▁'}, 'content': ' '}, {'type': 'ByteFallback'}, {'type': 'Fuse'}]},
             'added_tokens': [{'id': 1, 'content': '<start_of_turn>', 'special': true},
                 {'id': 2, 'content': '<end_of_turn>'}, {'id': 9, 'content': 'more'}],
             'model': {'type': 'BPE', 'unk_token': '<unk>', 'byte_fallback': true,
                 'vocab': {'<unk>': 0, '<start_of_turn>': 1, '<end_of_turn>': 2, 'a': 3, 'b': 4, 'ab': 7},
                 'merges': [['a', 'b']]}}
            """;

    @TempDir
    private Path folder;

    private BpeTokenizer load(String json) throws IOException {
        return BpeTokenizer.load(Files.writeString(folder.resolve("tokenizer.json"), json.replace('\'', '"')));
    }

    @Test
    void gapsAreHarmless() throws IOException {
        BpeTokenizer tokenizer = load(WHOLE);
        assertEquals(10, tokenizer.size());
        assertEquals("", tokenizer.piece(5));
        assertEquals("abmore", tokenizer.decode(new int[] {5, 7, 6, 9}));
        assertEquals(-1, tokenizer.id(""));
    }

    @Test
    void controlTokensAreSpecialWhateverTheFileSays() throws IOException {
        BpeTokenizer tokenizer = load(WHOLE);
        assertTrue(tokenizer.isSpecial(2));
        assertFalse(tokenizer.isSpecial(9));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\\u0062", "\\u0061b"})
    void escapes(String merged) throws IOException {
        assertEquals(7, load(WHOLE.replace("'ab'", "'" + merged + "'")).id("ab"));
        assertEquals(
                7,
                load(WHOLE.replace("'ab'", "'\\ud83d\\uDE42\\n\\/'").replace("['a', 'b']", ""))
                        .id("🙂\n/"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'ab': 7| 'ab': 4| gives id 4 twice",
                "'ab': 7| 'a': 7| gives the piece a twice",
                "'ab': 7| 'a\\n': 7, 'a\\n': 8| gives the piece a? twice",
                "'ab': 7| 'ab': -1| id out of range",
                "'ab': 7| 'ab': 1.5| no whole number",
                "'ab': 7| 'ab': 1e2| no whole number",
                "'ab': 7| 'ab': '7'| no whole number",
                "'ab': 7| 'ab': 4194304| id out of range",
                "'ab': 7| 'ab': 99999999999999999999| id out of range",
                "'ab': 7| 'ac': 7| its vocabulary lacks (merge 0)",
                "'ab': 7| 'ab': 7,| '\"' is missing",
                "['a', 'b']| ['a', 'c']| its vocabulary lacks (merge 0)",
                "['a', 'b']| ['a', 'b'], ['b', 'a']| its vocabulary lacks (merge 1)",
                "['a', 'b']| 'ab'| merge is without a space",
                "['a', 'b']| 'a b c'| its vocabulary lacks (merge 0)",
                "['a', 'b']| ['a', 'b', 'c']| merge is not of two",
                "['a', 'b']| ['a']| is missing",
                "['a', 'b']| 7| is missing",
                "'vocab'| 'words'| merges before its vocabulary",
                "'<unk>': 0,| '': 0,| lacks its unknown token <unk>",
                "'content': '<end_of_turn>'| 'content': 'x'| gives id 2 or the token x twice",
                "'id': 2,| 'id': 1,| gives id 1 or the token <end_of_turn> twice",
                "'id': 9,| 'id': 7,| gives id 7 or the token more twice",
                "'id': 9,| 'id': -9,| id out of range",
                "'id': 9,| ``| added token without an id",
                "'content': 'more'| 'content': ''| added token without content",
                "'<end_of_turn>'| 'x'| lacks the token <end_of_turn>",
                "'special': true| 'special': 1| neither true nor false",
                "'BPE'| 'BP\\x'| unknown escape",
                "'BPE'| '\\u12G4'| unknown escape",
                "'BPE'| '\\ud83d'| half a character",
                "'BPE'| '\\ud83dx'| half a character",
                "'BPE'| '\\ude42'| half a character",
                "'BPE'| 'BPE', 'x': tru| is no value",
                "'BPE'| 'BPE', 'x': 01| is no value",
                "'BPE'| 'BPE', 'x': NaN| is no value",
                "'BPE'| 'B\tPE'| control character",
                "'BPE', | 'BPE' | is missing",
            })
    void damage(String from, String to, String complaint) {
        String json = WHOLE.replace(from, to);
        assertNotEquals(WHOLE, json);
        assertComplaint(complaint, json);
    }

    private void assertComplaint(String complaint, String json) {
        ModelFormatException e = assertThrows(ModelFormatException.class, () -> load(json));
        String message = String.valueOf(e.getMessage());
        assertTrue(message.startsWith("tokenizer.json ") && message.contains(complaint), message);
        assertEquals(1, message.lines().count(), message);
    }

    @Test
    void everyTruncation() {
        String json = WHOLE.strip();
        for (int length = 0; length < json.length(); length++) {
            assertComplaint("ends too early", json.substring(0, length));
        }
        assertComplaint("something follows", json + "}");
    }

    @Test
    void notAnObject() {
        assertComplaint("'{' is missing", "[]");
        assertComplaint("no vocabulary", "{}");
        assertComplaint("nested too deeply", "{'x': " + "[".repeat(100_000));
        assertComplaint("too many values", "{'x': [0" + ",0".repeat(2_000_000));
        assertComplaint("string is too long", "{'" + "x".repeat(2_000_000));
    }

    @Test
    void bytesThatAreNoUtf8() throws IOException {
        byte[] bytes = WHOLE.replace('\'', '"').replace("\"ab\"", "\"aé\"").getBytes(StandardCharsets.UTF_8);
        String latin = new String(bytes, StandardCharsets.ISO_8859_1);
        Path file = folder.resolve("tokenizer.json");
        Files.write(file, latin.replace("a\u00C3\u00A9", "a\u00C3").getBytes(StandardCharsets.ISO_8859_1));
        ModelFormatException e = assertThrows(ModelFormatException.class, () -> BpeTokenizer.load(file));
        assertTrue(String.valueOf(e.getMessage()).contains("not UTF-8"), e.getMessage());
    }

    @Test
    void aHugeFile() throws IOException {
        Path file = folder.resolve("tokenizer.json");
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(300L << 20);
        }
        ModelFormatException e = assertThrows(ModelFormatException.class, () -> BpeTokenizer.load(file));
        assertTrue(String.valueOf(e.getMessage()).contains("over 128 MiB"), e.getMessage());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'BPE'| 'Unigram'| is of type Unigram",
                "'BPE'| 'WordPiece'| is of type WordPiece",
                "'content': '▁'| 'content': '_'| another normalizer",
                "'normalizer'| 'normaliser'| lacks Gemma's normalizer",
                "'Fuse'| 'Strip'| another decoder",
                "'decoder'| 'coder'| lacks Gemma's decoder",
                "'type': 'BPE'| 'type': 'BPE', 'dropout': 0.1| another dropout",
                "'type': 'BPE'| 'type': 'BPE', 'ignore_merges': true| another ignore_merges",
                "'type': 'BPE'| 'type': 'BPE', 'end_of_word_suffix': '</w>'| another end_of_word_suffix",
                "'added_tokens'| 'pre_tokenizer': {'type': 'ByteLevel'}, 'added_tokens'| another pre_tokenizer",
            })
    void otherKinds(String from, String to, String complaint) {
        UnsupportedModelException e =
                assertThrows(UnsupportedModelException.class, () -> load(WHOLE.replace(from, to)));
        assertTrue(String.valueOf(e.getMessage()).contains(complaint), e.getMessage());
    }

    @Test
    void noFile() {
        assertThrows(ModelNotFoundException.class, () -> BpeTokenizer.load(folder.resolve("none.json")));
    }
}
