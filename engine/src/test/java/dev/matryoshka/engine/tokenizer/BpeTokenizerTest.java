package dev.matryoshka.engine.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.matryoshka.engine.support.Golden;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BpeTokenizerTest {
    private final BpeTokenizer nano = BpeTokenizer.load(Cases.NANO);

    @Test
    void nanoVocabularyEqualsTheLibrary() throws IOException {
        assertEqualsLibrary(nano, "nano-fuzz.json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gemma3.json", "gemma3-fuzz.json"})
    void gemmasVocabularyEqualsTheLibrary(String cases) throws IOException {
        assertEqualsLibrary(BpeTokenizer.load(Cases.gemma()), cases);
    }

    /** Added tokens with every flag, unknown characters with and without some of the bytes. */
    @ParameterizedTest
    @ValueSource(strings = {"fused", "bytes"})
    void flagsEqualTheLibrary(String name) throws IOException {
        assertEqualsLibrary(
                BpeTokenizer.load(Golden.path("tokenizer/flags/" + name + ".json")), "flags/" + name + "-fuzz.json");
    }

    private static void assertEqualsLibrary(Tokenizer tokenizer, String name) throws IOException {
        for (JsonNode row : Cases.read(name)) {
            String text = row.path("text").asText();
            int[] ids = Cases.ids(row, "ids");
            assertArrayEquals(ids, tokenizer.encode(text, true), () -> "ids of '" + text + "'");
            assertEquals(row.path("decoded").asText(), tokenizer.decode(ids));
            if (!name.equals("gemma3.json")) {
                int[] plain = row.has("plain") ? Cases.ids(row, "plain") : ids;
                assertArrayEquals(plain, tokenizer.encode(text, false), () -> "plain ids of '" + text + "'");
            }
        }
    }

    @Test
    void anyIdsDecodeAsInTheLibrary() throws IOException {
        for (JsonNode row : Cases.read("nano-ids.json")) {
            assertEquals(row.path("decoded").asText(), nano.decode(Cases.ids(row, "ids")), row.toString());
        }
    }

    @Test
    void mergesMayBeWrittenWithASpace(@TempDir Path folder) throws IOException {
        ObjectMapper json = new ObjectMapper();
        JsonNode root = json.readTree(Cases.NANO.toFile());
        ObjectNode model = (ObjectNode) root.path("model");
        ArrayNode merges = json.createArrayNode();
        model.path("merges")
                .forEach(pair ->
                        merges.add(pair.get(0).asText() + " " + pair.get(1).asText()));
        model.set("merges", merges);
        Path file = folder.resolve("tokenizer.json");
        json.writeValue(file.toFile(), root);
        assertEqualsLibrary(BpeTokenizer.load(file), "nano-fuzz.json");
    }

    @Test
    void gemmasVocabularyIsSmallInMemory() {
        Path file = Cases.gemma();
        long before = usedMemory();
        BpeTokenizer tokenizer = BpeTokenizer.load(file);
        long after = usedMemory();
        assertTrue(after - before < 50_000_000, (after - before) + " bytes");
        assertEquals(262_145, tokenizer.size());
    }

    private static long usedMemory() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    @Test
    void specialTokensThatAUserTypesStayText() {
        String typed = "a <start_of_turn>model <eos> b";
        int[] ids = nano.encode(typed, false);
        assertTrue(IntStream.of(ids).noneMatch(nano::isSpecial));
        assertEquals(typed, nano.decode(ids));
        assertTrue(IntStream.of(nano.encode(typed, true)).anyMatch(nano::isSpecial));
    }

    @Test
    void pieces() {
        assertEquals("<end_of_turn>", nano.piece(nano.id("<end_of_turn>")));
        assertEquals("▁t", nano.piece(nano.id("▁t")));
        assertEquals("", nano.piece(-1));
        assertEquals("", nano.piece(nano.size()));
        assertEquals(-1, nano.id("no such piece"));
        assertTrue(nano.isByte(nano.id("<0xE2>")));
        assertFalse(nano.isByte(nano.id("t")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"abcdefghij", "a", "漢", "🙂", "\n", "▁"})
    void aMillionCharactersWithoutASpace(String unit) {
        String text = unit.repeat(1_000_000 / unit.length());
        int[] ids = assertTimeoutPreemptively(Duration.ofSeconds(20), () -> nano.encode(text, false));
        assertEquals(text.replace('▁', ' '), nano.decode(ids));
    }

    @Test
    void loneSurrogatesBecomeReplacementCharacters() {
        assertEquals("a\uFFFDb", nano.decode(nano.encode("a\uD83Db", false)));
        assertEquals("\uFFFD\uFFFD🙂\uFFFD", nano.decode(nano.encode("\uDE42\uD83D🙂\uD83D", false)));
    }
}
