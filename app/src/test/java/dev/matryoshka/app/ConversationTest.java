package dev.matryoshka.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.assets.EmbeddedAssets;
import dev.matryoshka.engine.Answer;
import dev.matryoshka.engine.Answer.SliceUse;
import dev.matryoshka.engine.Answer.StopReason;
import dev.matryoshka.engine.ChatSession;
import dev.matryoshka.engine.Elastic;
import dev.matryoshka.engine.Exchange;
import dev.matryoshka.engine.Gemma3n;
import dev.matryoshka.engine.GenerationConfig;
import dev.matryoshka.engine.GgufExport;
import dev.matryoshka.engine.LoadOptions;
import dev.matryoshka.engine.Prompt;
import dev.matryoshka.engine.PromptPart;
import dev.matryoshka.engine.Residency;
import dev.matryoshka.engine.ResidentMaximum;
import dev.matryoshka.engine.ResidentSize;
import dev.matryoshka.engine.TokenListener;
import dev.matryoshka.engine.config.KvPolicy;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.error.ContextOverflowException;
import dev.matryoshka.engine.error.InsufficientMemoryException;
import dev.matryoshka.engine.error.InvalidRequestException;
import dev.matryoshka.engine.error.ModelFormatException;
import dev.matryoshka.engine.weights.DType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** How a conversation takes stops, limits and refusals, on the embedded model. */
class ConversationTest {
    private static final GenerationConfig GREEDY = GenerationConfig.greedy(48);

    @TempDir
    private static Path cache = Path.of("");

    private final Gemma3n gemma = load();

    private static Gemma3n load() {
        try {
            return Gemma3n.load(EmbeddedAssets.open(cache).model(), LoadOptions.named("embedded"));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @AfterEach
    void close() {
        gemma.close();
    }

    @Test
    void stopInPrefillTakesEffectWithinAChunk() {
        try (ChatSession chat = gemma.newChat("")) {
            StringBuilder said = new StringBuilder();
            Answer answer = chat.send(Prompt.of("word ".repeat(400)), GREEDY, new TokenListener() {
                @Override
                public void onText(String piece) {
                    said.append(piece);
                }

                @Override
                public void onPrefill(int done, int total) {
                    assertTrue(done <= 64, done + " of " + total);
                    chat.stop();
                }
            });
            assertEquals(StopReason.STOPPED, answer.stopReason());
            assertEquals("", said.toString());
        }
    }

    /** Also where native code reads it, which a page that is gone would end. */
    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "which cuts off no file that is mapped")
    void aModelThatIsCutOffMeanwhileIsAnErrorAndNothingIsLost(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("model.gguf");
        GgufExport.Types types = new GgufExport.Types(DType.Q4_0, DType.Q4_0, DType.Q4_0);
        GgufExport.write(EmbeddedAssets.open(cache).model(), file, types, share -> {});
        try (Gemma3n model = Gemma3n.load(file, LoadOptions.named("cut"));
                ChatSession chat = model.newChat("")) {
            chat.send(Prompt.of("What can you do?"), GREEDY, piece -> {});
            int before = chat.contextUsed();
            ModelFormatException cut = assertThrows(
                    ModelFormatException.class, () -> chat.send(Prompt.of("And now?"), GREEDY, piece -> cutOff(file)));
            assertTrue(cut.problem().contains("cut off while it was in use"), cut::problem);
            assertNull(cut.getCause(), "found before a page is missed");
            assertEquals(before, chat.contextUsed());
        }
    }

    private static void cutOff(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(channel.size() * 2 / 3); // some layers, which come behind the tables
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void stopWhileDecodingKeepsWhatWasSaidAndTheChatGoesOn() {
        try (ChatSession chat = gemma.newChat("")) {
            Answer answer = chat.send(Prompt.of("What can you do?"), GREEDY, piece -> chat.stop());
            assertEquals(StopReason.STOPPED, answer.stopReason());
            assertTrue(answer.generatedTokens() <= 2 && !answer.text().isEmpty(), answer.toString());
            assertEquals(
                    "3 plus 4 is 7.",
                    chat.send(Prompt.of("What is 3 plus 4?"), GREEDY, piece -> {})
                            .text());
        }
    }

    @Test
    void aTurnThatDoesNotFitChangesNothing() {
        try (ChatSession chat = gemma.newChat("")) {
            chat.send(Prompt.of("Hello"), GREEDY, piece -> {});
            int used = chat.contextUsed();
            assertThrows(
                    ContextOverflowException.class,
                    () -> chat.send(Prompt.of("word ".repeat(5000)), GREEDY, piece -> {}));
            assertEquals(used, chat.contextUsed());
            assertEquals(
                    "3 plus 4 is 7.",
                    chat.send(Prompt.of("What is 3 plus 4?"), GREEDY, piece -> {})
                            .text());
        }
    }

    @Test
    void aFailingListenerLeavesTheConversationAsItWas() {
        try (ChatSession chat = gemma.newChat("")) {
            assertThrows(
                    IllegalStateException.class,
                    () -> chat.send(Prompt.of("Hello"), GREEDY, piece -> {
                        throw new IllegalStateException("the window is gone");
                    }));
            assertEquals(0, chat.contextUsed());
            assertEquals(
                    "Hello! How can I help you?",
                    chat.send(Prompt.of("Hello"), GREEDY, piece -> {}).text());
        }
    }

    /** Greedy answers to the letter, with stops and limits in the middle of a pass. */
    @Test
    void draftsOfASmallerSliceChangeNoAnswer() {
        for (String question : List.of("What can you do?", "Tell me about cats.", "Spell the word cat.")) {
            for (int most : List.of(7, 48)) {
                GenerationConfig greedy = GenerationConfig.greedy(most);
                try (ChatSession plain = gemma.newChat("");
                        ChatSession drafted = gemma.newChat("")) {
                    drafted.useDrafts(drafted.smallest());
                    Answer expected = plain.send(Prompt.of(question), greedy, piece -> {});
                    Answer answer = drafted.send(Prompt.of(question), greedy, piece -> {});
                    assertEquals(expected.text(), answer.text());
                    assertEquals(expected.stopReason(), answer.stopReason());
                    assertEquals(plain.contextUsed(), drafted.contextUsed());
                    assertTrue(answer.drafts().accepted() > 0, answer.toString());
                    assertEquals(0, expected.drafts().passes());
                    assertEquals(
                            plain.send(Prompt.of("And dogs?"), greedy, piece -> {})
                                    .text(),
                            drafted.send(Prompt.of("And dogs?"), greedy, piece -> {})
                                    .text());
                }
            }
        }
    }

    @Test
    void theSliceChangesInTheMiddleOfAnAnswer() {
        MatFormerSlice half = MatFormerSlice.uniform("half", gemma.config().text(), 0.5);
        try (ChatSession chat = gemma.newChat("")) {
            List<SliceUse> heard = new ArrayList<>();
            Answer answer = chat.send(Prompt.of("Hello"), GREEDY, new TokenListener() {
                @Override
                public void onText(String piece) {
                    if (heard.size() == 1) {
                        chat.useSlice(half, KvPolicy.KEEP);
                    }
                }

                @Override
                public void onSlice(SliceUse use) {
                    heard.add(use);
                }
            });
            assertEquals("Hello! How can I help you?", answer.text());
            assertEquals(heard, answer.slices());
            assertEquals(new SliceUse(gemma.slice(), 0, false), heard.getFirst());
            assertEquals(new SliceUse(half, heard.getLast().fromToken(), true), heard.getLast());
            assertTrue(
                    answer.approximate() && heard.size() == 2 && heard.getLast().fromToken() < 4, heard.toString());

            chat.useSlice(half, KvPolicy.RECOMPUTE);
            Answer exact = chat.send(Prompt.of("What is 3 plus 4?"), GREEDY, piece -> {});
            assertEquals(List.of(new SliceUse(half, 0, false)), exact.slices());
            assertEquals("3 plus 4 is 7.", exact.text());
        }
    }

    /** A device with memory of its own, by name; it is the CPU. */
    private static Gemma3n onDevice() throws IOException {
        LoadOptions options = new LoadOptions("embedded", "faulty:never=1", MatFormerSlice::whole, 512)
                .withResident(new ResidentMaximum.OfSlice(c -> MatFormerSlice.uniform("half", c, 0.5)));
        return Gemma3n.load(EmbeddedAssets.open(cache).model(), options);
    }

    @Test
    void aSizeThatTheDeviceLacksIsTakenUpWhenItHasCome() throws IOException {
        try (Gemma3n model = onDevice();
                ChatSession chat = model.newChat("")) {
            MatFormerSlice whole = MatFormerSlice.whole(model.config().text());
            Answer answer = chat.send(Prompt.of("Hello"), GREEDY, new TokenListener() {
                @Override
                public void onText(String piece) {
                    if (chat.contextUsed() < 20) {
                        chat.useSlice(whole, KvPolicy.KEEP);
                    }
                }
            });
            assertEquals("half", answer.slices().getFirst().slice().name());
            Answer next = chat.send(Prompt.of("What is 3 plus 4?"), GREEDY, piece -> {});
            assertEquals("whole", next.slices().getLast().slice().name());
            assertEquals("whole", residency(model).wanted().name());
        }
    }

    @Test
    void elasticWithinAMemoryTakesTheLargestSizeAndKeepsNoMore() throws IOException {
        try (Gemma3n model = onDevice();
                ChatSession chat = model.newChat("")) {
            List<ResidentSize> sizes = model.residentSizes();
            ResidentSize third = sizes.get(2);
            long bytes = (third.bytes() + sizes.get(1).bytes()) / 2;
            chat.useElastic(sizes.getFirst().slice(), new Elastic.DeviceMemory(bytes, false));
            chat.send(Prompt.of("Hello"), GREEDY, piece -> {});
            Answer answer = chat.send(Prompt.of("What is 3 plus 4?"), GREEDY, piece -> {});
            assertEquals(third.slice(), answer.slices().getLast().slice());
            assertEquals(third.slice(), residency(model).wanted());
            assertThrows(
                    InsufficientMemoryException.class,
                    () -> chat.useElastic(sizes.getFirst().slice(), new Elastic.DeviceMemory(1000, false)));
        }
    }

    private static Residency residency(Gemma3n model) {
        return Objects.requireNonNull(model.memory().residency());
    }

    @Test
    void inTheBackgroundTheAnswerGoesOnUntilTheNextSliceIsExact() {
        MatFormerSlice half = MatFormerSlice.uniform("half", gemma.config().text(), 0.5);
        try (ChatSession chat = gemma.newChat("")) {
            AtomicBoolean asked = new AtomicBoolean();
            Answer answer = chat.send(Prompt.of("What can you do?"), GREEDY, piece -> {
                if (!asked.getAndSet(true)) {
                    chat.useSlice(half, KvPolicy.BACKGROUND);
                }
            });
            assertFalse(answer.approximate());
            assertEquals(2, answer.slices().size(), answer.toString());
            assertEquals("half", answer.slices().getLast().slice().name());
            assertTrue(answer.slices().getLast().fromToken() >= 2, answer.toString());
        }
    }

    @Test
    void aTurnTakenBackLeavesNoTrace() {
        try (ChatSession chat = gemma.newChat("")) {
            chat.takeBack();
            chat.send(Prompt.of("Hello"), GREEDY, piece -> {});
            int used = chat.contextUsed();
            Answer once = chat.send(Prompt.of("What is 3 plus 4?"), GREEDY, piece -> {});
            chat.takeBack();
            assertEquals(used, chat.contextUsed());
            Answer again = chat.send(Prompt.of("What is 3 plus 4?"), GREEDY, piece -> {});
            assertEquals(once.text(), again.text());
            assertEquals(once.promptTokens(), again.promptTokens());
            chat.takeBack();
            chat.takeBack();
            assertEquals(0, chat.contextUsed());
        }
    }

    @Test
    void anEarlierConversationGoesOnAsIfItHadNeverEnded() {
        List<Exchange> turns = new ArrayList<>();
        Answer expected;
        int used;
        try (ChatSession chat = gemma.newChat("")) {
            for (String question : List.of("Hello", "What is 3 plus 4?")) {
                turns.add(new Exchange(
                        Prompt.of(question),
                        chat.send(Prompt.of(question), GREEDY, piece -> {}).text()));
            }
            expected = chat.send(Prompt.of("What can you do?"), GREEDY, piece -> {});
            used = chat.contextUsed();
        }
        try (ChatSession chat = gemma.newChat("")) {
            chat.send(Prompt.of("forgotten"), GREEDY, piece -> {});
            chat.resume(turns);
            assertEquals(0, chat.contextUsed());
            Answer answer = chat.send(Prompt.of("What can you do?"), GREEDY, piece -> {});
            assertEquals(expected.text(), answer.text());
            assertEquals(used, chat.contextUsed());
            assertTrue(answer.promptTokens() > expected.promptTokens());
            chat.takeBack();
            chat.takeBack();
            chat.takeBack();
            assertEquals(0, chat.contextUsed());
        }
    }

    @Test
    void turnsThatAConversationSharesWithTheOneResumedAreNotComputedAgain() {
        try (ChatSession chat = gemma.newChat("")) {
            Prompt hello = Prompt.of("Hello");
            Answer first = chat.send(hello, GREEDY, piece -> {});
            Answer expected = chat.send(Prompt.of("What can you do?"), GREEDY, piece -> {});
            chat.send(Prompt.of("What is 3 plus 4?"), GREEDY, piece -> {});
            chat.resume(List.of(new Exchange(hello, first.text())));
            assertEquals(first.promptTokens() + first.generatedTokens() + 1, chat.contextUsed());
            Answer again = chat.send(Prompt.of("What can you do?"), GREEDY, piece -> {});
            assertEquals(expected.text(), again.text());
            assertEquals(expected.promptTokens(), again.promptTokens());
            chat.resume(List.of());
            assertEquals(0, chat.contextUsed());
        }
    }

    @Test
    void maxTokensEndsAnAnswer() {
        try (ChatSession chat = gemma.newChat("")) {
            Answer answer = chat.send(Prompt.of("What can you do?"), GenerationConfig.greedy(3), piece -> {});
            assertEquals(StopReason.MAX_TOKENS, answer.stopReason());
            assertEquals(3, answer.generatedTokens());
        }
    }

    @Test
    void nothingAndTooMuchAreRefused() {
        try (ChatSession chat = gemma.newChat("")) {
            assertThrows(InvalidRequestException.class, () -> chat.send(Prompt.of("  \n"), GREEDY, piece -> {}));
            float[] minute = new float[16_000 * 60];
            Prompt prompt = new Prompt(List.of(new PromptPart.Audio(minute)));
            InvalidRequestException e =
                    assertThrows(InvalidRequestException.class, () -> chat.send(prompt, GREEDY, piece -> {}));
            assertTrue(e.problem().contains("60.0 s") && e.problem().contains("3.2 s"), e.problem());
        }
    }
}
