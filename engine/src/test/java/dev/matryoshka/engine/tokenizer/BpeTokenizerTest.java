package dev.matryoshka.engine.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.matryoshka.engine.error.MatryoshkaException;
import dev.matryoshka.engine.error.ModelFormatException;
import dev.matryoshka.engine.error.ModelNotFoundException;
import dev.matryoshka.engine.error.UnsupportedModelException;
import dev.matryoshka.engine.support.GemmaVocabulary;
import dev.matryoshka.engine.support.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BpeTokenizerTest {
    private static final Path NANO = Golden.path("tokenizer/nano/tokenizer.json");

    @Test
    void nanoVocabularyEqualsTheLibrary() throws IOException {
        assertEqualsLibrary(BpeTokenizer.load(NANO), "tokenizer/nano-fuzz.json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"tokenizer/gemma3.json", "tokenizer/gemma3-fuzz.json"})
    void gemmasVocabularyEqualsTheLibrary(String cases) throws IOException {
        assertEqualsLibrary(gemma(), cases);
    }

    @Test
    void gemmasVocabularyIsSmallInMemory() throws IOException {
        Optional<Path> file = GemmaVocabulary.find();
        assumeTrue(file.isPresent(), GemmaVocabulary.MISSING);
        long before = usedMemory();
        BpeTokenizer tokenizer = BpeTokenizer.load(file.orElseThrow());
        long after = usedMemory();
        assertTrue(after - before < 100_000_000, (after - before) + " bytes");
        assertEquals(262_145, tokenizer.size());
    }

    @Test
    void specialTokensThatAUserTypesStayText() {
        BpeTokenizer tokenizer = BpeTokenizer.load(NANO);
        String typed = "a <start_of_turn>model <eos> b";
        int[] ids = tokenizer.encode(typed, false);
        assertTrue(IntStream.of(ids).noneMatch(tokenizer::isSpecial));
        assertEquals(typed, tokenizer.decode(ids));
        assertTrue(IntStream.of(tokenizer.encode(typed, true)).anyMatch(tokenizer::isSpecial));
    }

    @Test
    void aMillionCharactersWithoutASpace() {
        BpeTokenizer tokenizer = BpeTokenizer.load(NANO);
        String text = "abcdefghij".repeat(100_000);
        int[] ids = assertTimeoutPreemptively(Duration.ofSeconds(20), () -> tokenizer.encode(text, false));
        assertEquals(text, tokenizer.decode(ids));
    }

    @Test
    void loneSurrogatesBecomeReplacementCharacters() {
        BpeTokenizer tokenizer = BpeTokenizer.load(NANO);
        assertEquals("a\uFFFDb", tokenizer.decode(tokenizer.encode("a\uD83Db", false)));
    }

    @Test
    void streamedTextEqualsDecodedText() throws IOException {
        BpeTokenizer tokenizer = BpeTokenizer.load(NANO);
        for (JsonNode row : cases("tokenizer/nano-fuzz.json")) {
            int[] ids = tokenizer.encode(row.path("text").asText(), false);
            StreamingDecoder decoder = new StreamingDecoder(tokenizer);
            StringBuilder streamed = new StringBuilder();
            for (int id : ids) {
                String piece = decoder.push(id);
                assertFalse(
                        !piece.isEmpty() && Character.isHighSurrogate(piece.charAt(piece.length() - 1)),
                        "a split character");
                streamed.append(piece);
            }
            streamed.append(decoder.flush());
            assertEquals(tokenizer.decode(ids), streamed.toString());
        }
    }

    @Test
    void aCharacterThatIsNeverFinishedIsReplaced() {
        BpeTokenizer tokenizer = BpeTokenizer.load(NANO);
        StreamingDecoder decoder = new StreamingDecoder(tokenizer);
        assertEquals("", decoder.push(tokenizer.id("<0xE6>")));
        assertEquals("", decoder.push(tokenizer.id("<0xBC>")));
        assertEquals("\uFFFD", decoder.flush());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'model':{'type':'BPE','vocab':{'a':0|not intact JSON",
                "[]|no object",
                "{}|no vocabulary",
                "{'model':{'type':'BPE','vocab':{'a':0,'b':0}}}|twice",
                "{'model':{'type':'BPE','vocab':{'a':0,'a':1}}}|twice",
                "{'model':{'type':'BPE','vocab':{'a':-1}}}|out of range",
                "{'model':{'type':'BPE','vocab':{'a':1.5}}}|no whole number",
                "{'model':{'type':'BPE','vocab':{'a':99999999}}}|out of range",
                "{'model':{'type':'BPE','vocab':{'a':99999999999999999999}}}|out of range",
                "{'model':{'type':'BPE','vocab':{'a':0,'b':1},'merges':['a b']}}|vocabulary lacks",
                "{'model':{'type':'BPE','vocab':{'a':0,'b':1},'merges':['ab']}}|without a space",
                "{'model':{'type':'BPE','vocab':{'a':0},'merges':[7]}}|malformed merge",
                "{'model':{'type':'BPE','vocab':{'a':0}}}|unknown token",
                "{'model':{'type':'BPE','vocab':{'<unk>':0}}}|<start_of_turn>",
                "{'added_tokens':[{'id':0,'content':''}]}|without content",
                "{'added_tokens':[{'id':0,'content':'x'},{'id':0,'content':'y'}]}|twice",
            })
    void damagedFiles(String json, String complaint, @TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("tokenizer.json"), json.replace('\'', '"'));
        MatryoshkaException e = assertThrows(ModelFormatException.class, () -> BpeTokenizer.load(file));
        assertTrue(String.valueOf(e.getMessage()).contains(complaint), e.getMessage());
    }

    @Test
    void otherKindsOfTokenizer(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("tokenizer.json"), "{\"model\":{\"type\":\"Unigram\"}}");
        assertThrows(UnsupportedModelException.class, () -> BpeTokenizer.load(file));
        assertThrows(ModelNotFoundException.class, () -> BpeTokenizer.load(folder.resolve("none.json")));
    }

    private static BpeTokenizer gemma() {
        Optional<Path> file = GemmaVocabulary.find();
        assumeTrue(file.isPresent(), GemmaVocabulary.MISSING);
        return BpeTokenizer.load(file.orElseThrow());
    }

    private static JsonNode cases(String name) throws IOException {
        JsonNode rows = new ObjectMapper().readTree(Golden.path(name).toFile());
        assertTrue(rows.size() > 100);
        return rows;
    }

    private static void assertEqualsLibrary(Tokenizer tokenizer, String name) throws IOException {
        for (JsonNode row : cases(name)) {
            String text = row.path("text").asText();
            int[] expected = new int[row.path("ids").size()];
            Arrays.setAll(expected, i -> row.path("ids").get(i).asInt());
            assertArrayEquals(expected, tokenizer.encode(text, true), () -> "ids of '" + text + "'");
            assertEquals(row.path("decoded").asText(), tokenizer.decode(expected));
        }
    }

    private static long usedMemory() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
