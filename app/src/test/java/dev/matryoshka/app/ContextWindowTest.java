package dev.matryoshka.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.assets.EmbeddedAssets;
import dev.matryoshka.engine.Answer;
import dev.matryoshka.engine.Answer.StopReason;
import dev.matryoshka.engine.ChatSession;
import dev.matryoshka.engine.Exchange;
import dev.matryoshka.engine.Gemma3n;
import dev.matryoshka.engine.GenerationConfig;
import dev.matryoshka.engine.LoadOptions;
import dev.matryoshka.engine.Prompt;
import dev.matryoshka.engine.PromptPart;
import dev.matryoshka.engine.TokenListener;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.error.ContextOverflowException;
import dev.matryoshka.engine.error.InvalidRequestException;
import dev.matryoshka.media.image.ImageDecoder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Conversations longer than the context, and answers that go on, on the embedded model. */
class ContextWindowTest {
    private static final int LIMIT = 192;
    private static final GenerationConfig GREEDY = GenerationConfig.greedy(24);
    private static final List<String> QUESTIONS = List.of(
            "What can you do?",
            "What is 3 plus 4?",
            "What is the capital of France?",
            "Who are you?",
            "Count from 3 to 9.");

    @TempDir
    private static Path cache = Path.of("");

    private EmbeddedAssets assets;
    private Gemma3n gemma;
    private final AtomicInteger left = new AtomicInteger();
    private final TokenListener listener = new TokenListener() {
        @Override
        public void onText(String piece) {}

        @Override
        public void onWindow(int turns) {
            left.set(turns);
        }
    };

    @BeforeEach
    void load() throws IOException {
        assets = EmbeddedAssets.open(cache);
        gemma = Gemma3n.load(assets.model(), new LoadOptions("embedded", "cpu", MatFormerSlice::whole, LIMIT));
    }

    @AfterEach
    void close() {
        gemma.close();
    }

    private String fresh(String system, List<Exchange> turns, Prompt prompt) {
        try (ChatSession chat = gemma.newChat(system)) {
            chat.resume(turns);
            return chat.send(prompt, GREEDY, piece -> {}).text();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "You are a friendly helper."})
    void aLongChatGoesOnAsOneThatBeganLater(String system) {
        List<Exchange> turns = new ArrayList<>();
        int slides = 0;
        try (ChatSession chat = gemma.newChat(system)) {
            for (int i = 0; i < 25; i++) {
                Prompt prompt = Prompt.of(QUESTIONS.get(i % QUESTIONS.size()));
                int before = left.get();
                String answer = chat.send(prompt, GREEDY, listener).text();
                assertTrue(chat.contextUsed() < LIMIT);
                slides += left.get() > before ? 1 : 0;
                if (left.get() > before) {
                    assertTrue(left.get() < turns.size(), "the turn before stays");
                    assertTrue(chat.contextUsed() < 3 * LIMIT / 4, "room for more than one question");
                    assertEquals(fresh(system, turns.subList(left.get(), turns.size()), prompt), answer);
                }
                turns.add(new Exchange(prompt, answer));
            }
        }
        assertTrue(slides > 2, slides + " slides");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void attachmentsThatAreKeptStayInView(boolean said) throws IOException {
        PromptPart.Image picture =
                new PromptPart.Image(ImageDecoder.decode(assets.samples().resolve("picture0.png")));
        Prompt shown = new Prompt(List.of(picture, new PromptPart.Text("What is this?")));
        try (ChatSession chat = gemma.newChat("")) {
            if (said) {
                chat.keep(List.of(picture));
            }
            assertEquals("A car.", chat.send(shown, GREEDY, listener).text());
            for (int i = 0; left.get() < 2; i++) {
                chat.send(Prompt.of(QUESTIONS.get(i % QUESTIONS.size())), GREEDY, listener);
            }
            assertEquals(
                    "It is a car, so yes.",
                    chat.send(Prompt.of("Is this a car?"), GREEDY, listener).text());
            chat.keep(List.of());
            int before = left.get();
            for (int i = 0; left.get() == before; i++) {
                chat.send(Prompt.of(QUESTIONS.get(i % QUESTIONS.size())), GREEDY, listener);
            }
        }
    }

    @Test
    void whatCanNotFitIsRefusedAndTheChatStands() {
        try (ChatSession chat = gemma.newChat("")) {
            String first =
                    chat.send(Prompt.of("What is 3 plus 4?"), GREEDY, listener).text();
            assertThrows(
                    ContextOverflowException.class,
                    () -> chat.send(Prompt.of("word ".repeat(LIMIT)), GREEDY, listener));
            Exchange turn = new Exchange(Prompt.of("What is 3 plus 4?"), first);
            Prompt next = Prompt.of("Who are you?");
            assertEquals(
                    fresh("", List.of(turn), next),
                    chat.send(next, GREEDY, listener).text());
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {0, 0.9f})
    void anAnswerThatGoesOnIsAsIfItHadNotStopped(float temperature) {
        GenerationConfig whole = new GenerationConfig(temperature, 0, 1, 0, 1, 42, 24);
        Prompt prompt = Prompt.of("What can you do?");
        String expected;
        try (ChatSession chat = gemma.newChat("")) {
            expected = chat.send(prompt, whole, listener).text();
        }
        try (ChatSession chat = gemma.newChat("")) {
            Answer answer = chat.send(prompt, whole.withMaxTokens(5), listener);
            assertEquals(StopReason.MAX_TOKENS, answer.stopReason());
            StringBuilder heard = new StringBuilder(answer.text());
            answer = chat.goOn(answer, 7, heard::append);
            answer = chat.goOn(answer, 12, heard::append);
            assertEquals(expected, answer.text());
            assertEquals(expected, heard.toString());
            Prompt next = Prompt.of("Who are you?");
            assertEquals(
                    fresh("", List.of(new Exchange(prompt, expected)), next),
                    chat.send(next, GREEDY, listener).text());
        }
    }

    @Test
    void aStoppedAnswerOfAnEarlierRunGoesOn() {
        Prompt prompt = Prompt.of("What can you do?");
        String expected = fresh("", List.of(), prompt);
        try (ChatSession chat = gemma.newChat("")) {
            Answer begun = chat.send(prompt, GREEDY.withMaxTokens(6), listener);
            try (ChatSession later = gemma.newChat("")) {
                later.resume(List.of(new Exchange(prompt, begun.text())));
                assertEquals(expected, later.goOn(begun, 18, listener).text());
            }
        }
    }

    /** More of it was kept than is known of what made it, as after a kill while it went on. */
    @ParameterizedTest
    @ValueSource(floats = {0, 0.9f})
    void anAnswerThatWasKilledGoesOnBehindWhatWasKept(float temperature) {
        GenerationConfig whole = new GenerationConfig(temperature, 0, 1, 0, 1, 42, 24);
        Prompt prompt = Prompt.of("What can you do?");
        String expected;
        String kept;
        Answer begun;
        try (ChatSession chat = gemma.newChat("")) {
            expected = chat.send(prompt, whole, listener).text();
        }
        try (ChatSession chat = gemma.newChat("")) {
            begun = chat.send(prompt, whole.withMaxTokens(5), listener);
            kept = chat.goOn(begun, 6, listener).text();
        }
        try (ChatSession later = gemma.newChat("")) {
            later.resume(List.of(new Exchange(prompt, kept)));
            Answer answer = later.goOn(begun, 13, listener);
            assertEquals(expected, answer.text());
            assertEquals(24, answer.generation().maxTokens(), "as many tokens as were chosen");
        }
    }

    /** Any piece of the vocabulary may come, so one in a few answers begins with a byte of a character. */
    @Test
    void anAnswerIsNotCutWithinACharacter() {
        int cut = 0;
        for (int seed = 0; seed < 400 && cut < 2; seed++) {
            GenerationConfig wild = new GenerationConfig(100, 0, 1, 0, 1, seed, 1);
            try (ChatSession chat = gemma.newChat("")) {
                Answer answer = chat.send(Prompt.of("Hi"), wild, listener);
                if (answer.stopReason() == StopReason.MAX_TOKENS && answer.generatedTokens() == 0) {
                    cut++;
                    assertEquals("", answer.text());
                    Answer more = chat.goOn(answer, 8, listener);
                    assertTrue(more.generatedTokens() > 0);
                    try (ChatSession other = gemma.newChat("")) {
                        assertEquals(
                                other.send(Prompt.of("Hi"), wild.withMaxTokens(8), listener)
                                        .text(),
                                more.text());
                    }
                }
            }
        }
        assertEquals(2, cut);
    }

    @Test
    void anAnswerThatCameToItsEndDoesNotGoOn() {
        try (ChatSession chat = gemma.newChat("")) {
            Answer answer = chat.send(Prompt.of("What is 3 plus 4?"), GREEDY, listener);
            assertEquals(StopReason.END_OF_TURN, answer.stopReason());
            assertThrows(InvalidRequestException.class, () -> chat.goOn(answer, 24, listener));
            assertEquals(
                    "7",
                    chat.send(Prompt.of("What is 3 plus 4?"), GREEDY, listener)
                            .text()
                            .replaceAll("\\D+$|.*is ", "")
                            .strip());
        }
    }
}
