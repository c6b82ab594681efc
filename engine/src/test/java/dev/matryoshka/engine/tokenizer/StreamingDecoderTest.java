package dev.matryoshka.engine.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StreamingDecoderTest {
    private final BpeTokenizer tokenizer = BpeTokenizer.load(Cases.NANO);

    @Test
    void streamedTextEqualsTheLibrary() throws IOException {
        for (JsonNode row : Cases.read("nano-ids.json")) {
            assertEquals(row.path("shown").asText(), streamed(Cases.ids(row, "ids")), row.toString());
        }
    }

    @Test
    void streamedTextEqualsDecodedText() {
        RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
        for (int i = 0; i < 2000; i++) {
            int[] ids = random.ints(random.nextInt(1, 20), 0, tokenizer.size()).toArray();
            int[] shown =
                    IntStream.of(ids).filter(id -> !tokenizer.isSpecial(id)).toArray();
            assertEquals(
                    tokenizer.decode(shown),
                    streamed(ids),
                    () -> IntStream.of(ids).boxed().toList().toString());
        }
    }

    private String streamed(int[] ids) {
        StreamingDecoder decoder = new StreamingDecoder(tokenizer);
        StringBuilder text = new StringBuilder();
        for (int id : ids) {
            String more = decoder.push(id);
            assertTrue(isWhole(more), "a split character");
            text.append(more);
        }
        return text.append(decoder.flush()).toString();
    }

    private static boolean isWhole(String text) {
        return text.codePoints().noneMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    }

    @Test
    void bytesComeWhenTheirRunEnds() {
        StreamingDecoder decoder = new StreamingDecoder(tokenizer);
        StringBuilder text = new StringBuilder();
        for (String piece : new String[] {"t", "<0xF0>", "<0x9F>", "<0x99>", "<0x82>"}) {
            text.append(decoder.push(tokenizer.id(piece)));
            assertEquals("t", text.toString());
        }
        assertEquals("🙂t", decoder.push(tokenizer.id("t")));
        assertEquals("", decoder.flush());
    }

    @Test
    void whatOnlyBeginsACharacterCanBeForgotten() {
        for (int dropped = 0; dropped <= 3; dropped++) {
            StreamingDecoder decoder = new StreamingDecoder(tokenizer);
            for (String piece : List.of("<0xF0>", "<0x9F>", "<0x99>", "<0x82>", "<0xF0>", "<0x9F>", "<0x99>")
                    .subList(0, 4 + dropped)) {
                decoder.push(tokenizer.id(piece));
            }
            assertEquals(dropped, decoder.dropUnfinished());
            assertEquals("🙂", decoder.flush());
        }
        StreamingDecoder broken = new StreamingDecoder(tokenizer);
        broken.push(tokenizer.id("<0x82>"));
        assertEquals(0, broken.dropUnfinished());
        assertEquals("\uFFFD", broken.flush());
    }

    @Test
    void aCharacterThatIsNeverFinishedIsReplaced() {
        StreamingDecoder decoder = new StreamingDecoder(tokenizer);
        assertEquals("", decoder.push(tokenizer.id("<0xE6>")));
        assertEquals("", decoder.push(tokenizer.id("<0xBC>")));
        assertEquals("\uFFFD\uFFFD", decoder.flush());
        assertEquals("", decoder.flush());
    }
}
