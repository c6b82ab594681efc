package dev.matryoshka.engine.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.matryoshka.engine.error.MatryoshkaException;
import dev.matryoshka.engine.error.ModelFormatException;
import dev.matryoshka.engine.error.UnsupportedModelException;
import dev.matryoshka.engine.weights.gguf.GgufWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A vocabulary in a GGUF file gives the ids of the tokenizer.json that it comes from. */
class SentencePieceReaderTest {
    @TempDir
    private Path folder;

    /** Scores alone, spelled as llama.cpp's converter does, make all half a million merges in their order. */
    @Test
    void gemmasScoresGiveGemmasMerges() throws IOException {
        BpeTokenizer json = BpeTokenizer.load(Cases.gemma());
        SentencePieceVocabulary vocabulary = SentencePieceVocabulary.of(json, json.size() + 3);
        assertTrue(vocabulary.merges().isEmpty());
        BpeTokenizer gguf = read(asConvertersWrite(vocabulary));
        assertTrue(gguf.merges().equalTo(json.merges()));
        assertEquals(514_906, gguf.merges().size());
        assertSame(json, gguf, "gemma3.json");
        assertSame(json, gguf, "gemma3-fuzz.json");
        assertEquals("", gguf.piece(json.size() + 1));
    }

    private static SentencePieceVocabulary asConvertersWrite(SentencePieceVocabulary v) {
        float[] scores = v.scores().clone();
        int[] types = v.types().clone();
        List<byte[]> pieces = new ArrayList<>(v.pieces());
        for (int id = 0; id < types.length; id++) {
            String piece = new String(pieces.get(id), StandardCharsets.UTF_8);
            if (types[id] == PieceType.USER_DEFINED || types[id] == PieceType.CONTROL) {
                scores[id] = -1000;
                pieces.set(id, piece.replace('▁', ' ').getBytes(StandardCharsets.UTF_8));
            }
            types[id] = piece.startsWith("<unused") || piece.equals("<mask>") ? PieceType.CONTROL : types[id];
        }
        return new SentencePieceVocabulary(pieces, scores, types, List.of());
    }

    /** A vocabulary that was not made by SentencePiece keeps its own merges. */
    @Test
    void mergesThatScoresDontSay() throws IOException {
        BpeTokenizer json = BpeTokenizer.load(Cases.NANO);
        SentencePieceVocabulary vocabulary = SentencePieceVocabulary.of(json, json.size());
        assertFalse(vocabulary.merges().isEmpty());
        BpeTokenizer gguf = read(vocabulary);
        assertTrue(gguf.merges().equalTo(json.merges()));
        assertSame(json, gguf, "nano-fuzz.json");
    }

    private static void assertSame(BpeTokenizer json, BpeTokenizer gguf, String cases) throws IOException {
        for (JsonNode row : Cases.read(cases)) {
            String text = row.path("text").asText();
            for (boolean special : new boolean[] {true, false}) {
                int[] ids = json.encode(text, special);
                assertArrayEquals(ids, gguf.encode(text, special), text);
                assertEquals(json.decode(ids), gguf.decode(ids));
            }
        }
    }

    private BpeTokenizer read(SentencePieceVocabulary vocabulary) throws IOException {
        GgufWriter out = new GgufWriter();
        vocabulary.writeTo(out);
        out.uint32("tokenizer.ggml.unknown_token_id", 3);
        Path file = folder.resolve("vocabulary.gguf");
        out.write(file);
        return BpeTokenizer.load(file);
    }

    private static SentencePieceVocabulary tiny() {
        List<String> pieces = List.of("<pad>", "<start_of_turn>", "<end_of_turn>", "<unk>", "a", "b", "ab");
        return new SentencePieceVocabulary(
                pieces.stream().map(p -> p.getBytes(StandardCharsets.UTF_8)).toList(),
                new float[] {0, 0, 0, 0, -2, -3, -1},
                new int[] {3, 3, 3, 2, 1, 1, 1},
                List.of());
    }

    @Test
    void betterScoresMergeFirst() throws IOException {
        assertArrayEquals(new int[] {6, 4, 6}, read(tiny()).encode("abaab", false));
    }

    @ParameterizedTest
    @CsvSource({
        "twice,5,a,-1,1,piece of token 5 twice",
        "empty,5,'',-1,1,a piece of 0 bytes",
        "type 7,5,b,-1,7,of the type 7",
        "type 0,5,b,-1,0,of the type 0",
        "no score,5,b,NaN,1,no score for token 5",
        "no turn,1,<start>,0,3,lacks the token <start_of_turn>"
    })
    void damagedVocabularies(String name, int id, String piece, float score, int type, String complaint) {
        SentencePieceVocabulary v = tiny();
        List<byte[]> pieces = new ArrayList<>(v.pieces());
        pieces.set(id, piece.getBytes(StandardCharsets.UTF_8));
        v.scores()[id] = score;
        v.types()[id] = type;
        assertDamaged(new SentencePieceVocabulary(pieces, v.scores(), v.types(), List.of()), complaint);
    }

    @Test
    void listsOfDifferentLengths() {
        SentencePieceVocabulary v = tiny();
        assertDamaged(
                new SentencePieceVocabulary(v.pieces(), Arrays.copyOf(v.scores(), 5), v.types(), List.of()),
                "more tokens than");
        assertDamaged(
                new SentencePieceVocabulary(v.pieces(), Arrays.copyOf(v.scores(), 9), v.types(), List.of()),
                "7 tokens, but 9 scores");
        assertDamaged(
                new SentencePieceVocabulary(
                        v.pieces(), v.scores(), v.types(), List.of("a c".getBytes(StandardCharsets.UTF_8))),
                "merges pieces");
    }

    @Test
    void textsThatAreNotUtf8() {
        SentencePieceVocabulary v = tiny();
        List<byte[]> pieces = new ArrayList<>(v.pieces());
        pieces.set(5, new byte[] {(byte) 0xFF});
        assertDamaged(new SentencePieceVocabulary(pieces, v.scores(), v.types(), List.of()), "not UTF-8");
    }

    private void assertDamaged(SentencePieceVocabulary vocabulary, String complaint) {
        assertComplaint(assertThrows(ModelFormatException.class, () -> read(vocabulary)), complaint);
    }

    private static void assertComplaint(MatryoshkaException e, String complaint) {
        String message = Objects.requireNonNull(e.getMessage());
        assertTrue(message.contains("vocabulary.gguf") && message.contains(complaint), message);
        assertEquals(1, message.lines().count());
    }

    @Test
    void otherTokenizers() throws IOException {
        Path file = folder.resolve("vocabulary.gguf");
        GgufWriter none = new GgufWriter();
        none.write(file);
        assertComplaint(
                assertThrows(ModelFormatException.class, () -> BpeTokenizer.load(file)), "lacks tokenizer.ggml.model");
        GgufWriter gpt2 = new GgufWriter();
        gpt2.string("tokenizer.ggml.model", "gpt2");
        gpt2.write(file);
        assertComplaint(assertThrows(UnsupportedModelException.class, () -> BpeTokenizer.load(file)), "gpt2");
        GgufWriter scalar = new GgufWriter();
        scalar.string("tokenizer.ggml.model", "llama");
        scalar.uint32("tokenizer.ggml.scores", 1);
        scalar.write(file);
        assertComplaint(assertThrows(ModelFormatException.class, () -> BpeTokenizer.load(file)), "no an array");
    }
}
