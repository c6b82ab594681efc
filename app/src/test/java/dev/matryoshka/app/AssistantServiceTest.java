package dev.matryoshka.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.assets.EmbeddedAssets;
import dev.matryoshka.engine.Answer;
import dev.matryoshka.engine.Answer.SliceUse;
import dev.matryoshka.engine.Elastic;
import dev.matryoshka.engine.Exchange;
import dev.matryoshka.engine.Gemma3n;
import dev.matryoshka.engine.GenerationConfig;
import dev.matryoshka.engine.LoadOptions;
import dev.matryoshka.engine.MemoryUse;
import dev.matryoshka.engine.ModelInfo;
import dev.matryoshka.engine.Prompt;
import dev.matryoshka.engine.SliceInfo;
import dev.matryoshka.engine.config.KvPolicy;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.error.InvalidSliceException;
import dev.matryoshka.engine.error.MatryoshkaException;
import dev.matryoshka.engine.error.ModelNotFoundException;
import dev.matryoshka.ui.Assistant.AnswerSink;
import dev.matryoshka.ui.ModelChoice;
import dev.matryoshka.ui.settings.Settings;
import dev.matryoshka.ui.settings.Settings.Preset;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The size of answers, as the window asks for it, on the embedded model. */
class AssistantServiceTest {
    private static final Prompt QUESTION = Prompt.of("What can you do?");

    private static final ModelChoice EMBEDDED = new ModelChoice("embedded", "cpu");

    @TempDir
    private static Path cache = Path.of("");

    private static final List<Gemma3n> LOADED = new CopyOnWriteArrayList<>();

    private final AssistantService assistant = started();
    private final List<SliceInfo> sizes =
            assistant.slices().toCompletableFuture().join().named();

    private static AssistantService started() {
        LOADED.clear();
        AssistantService service = new AssistantService(EMBEDDED, AssistantServiceTest::load);
        service.start();
        return service;
    }

    private static Gemma3n load(ModelChoice choice) {
        try {
            if (choice.model().equals("missing")) {
                throw new ModelNotFoundException("there is no model 'missing'", "name another one");
            }
            LoadOptions options = new LoadOptions(choice.model(), choice.device(), MatFormerSlice::whole, 4096);
            Gemma3n loaded = Gemma3n.load(EmbeddedAssets.open(cache).model(), options);
            LOADED.add(loaded);
            return loaded;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Keeps an answer. */
    private static class Heard implements AnswerSink {
        final CompletableFuture<Answer> answer = new CompletableFuture<>();
        int contextUsed;

        @Override
        public void onPrefill(int done, int total) {}

        @Override
        public void onSlice(SliceUse use) {}

        @Override
        public void onText(String piece) {}

        @Override
        public void onFallback(ModelInfo now) {}

        @Override
        public void onDone(Answer done, int used) {
            contextUsed = used;
            answer.complete(done);
        }

        @Override
        public void onError(MatryoshkaException error) {
            answer.completeExceptionally(error);
        }

        List<String> slices() {
            return answer.join().slices().stream()
                    .map(use -> use.slice().name())
                    .toList();
        }
    }

    @AfterEach
    void close() {
        assistant.close();
    }

    @Test
    void theChosenSizeAnswersAlsoInANewChat() {
        assertEquals("whole", assistant.slice().name());
        MatFormerSlice half = sizes.getLast().slice();
        assistant.useSlice(half, KvPolicy.BACKGROUND);
        for (int chat = 0; chat < 2; chat++) {
            Heard heard = new Heard();
            assistant.send(QUESTION, heard);
            assertEquals(List.of("half"), heard.slices());
            assertFalse(heard.answer.join().approximate());
            assistant.newChat();
        }
    }

    @Test
    void memoryAndTheBudgetOfRows() {
        Heard heard = new Heard();
        assistant.send(QUESTION, heard);
        heard.answer.join();
        MemoryUse use = assistant.memory();
        assertTrue(use.held().getOrDefault("weights", 0L) > 1_000_000, use.toString());
        assertTrue(use.held().getOrDefault("kv", 0L) > 0, use.toString());
        assertTrue(use.perLayer().heldBytes() > 0 && use.perLayer().hits() > 0, use.toString());
        assistant.budgetPerLayerCache(0);
        assertEquals(0, assistant.memory().perLayer().heldBytes());
    }

    @Test
    void draftsFromTheNextQuestionOn() {
        Heard plain = new Heard();
        assistant.send(QUESTION, plain);
        assertEquals(Answer.Drafts.NONE, plain.answer.join().drafts());
        assistant.useDrafts(true);
        Heard drafted = new Heard();
        assistant.send(QUESTION, drafted);
        assertTrue(drafted.answer.join().drafts().drafted() > 0);
    }

    @Test
    void settingsDecideSeedAndLength() {
        assistant.use(
                Settings.DEFAULTS.withPreset(Preset.CREATIVE).withSeed(11L).withMaxTokens(3));
        Heard heard = new Heard();
        assistant.send(QUESTION, heard);
        assertEquals(11, heard.answer.join().generation().seed());
        assertEquals(3, heard.answer.join().generatedTokens());
    }

    @Test
    void aNewChatBeginsWithTheSystemPrompt() {
        Heard without = new Heard();
        assistant.send(QUESTION, without);
        int tokens = without.answer.join().promptTokens();
        assistant.use(Settings.DEFAULTS.withSystem("Be brief, and say it in French."));
        assistant.newChat();
        Heard with = new Heard();
        assistant.send(QUESTION, with);
        assertTrue(with.answer.join().promptTokens() > tokens);
    }

    @Test
    void theSizeChangesBetweenTwoTokens() {
        Heard heard = new Heard() {
            @Override
            public void onText(String piece) {
                assistant.useSlice(sizes.getLast().slice(), KvPolicy.KEEP);
            }
        };
        assistant.send(QUESTION, heard);
        assertEquals(List.of("whole", "half"), heard.slices());
        assertTrue(heard.answer.join().approximate());
    }

    @Test
    void twoSizesAnswerOneQuestionAndTheChatGoesOnFromTheSecond() {
        Heard first = new Heard();
        Heard second = new Heard();
        assistant.compare(QUESTION, sizes.getLast().slice(), first, second);
        assertEquals(List.of("half"), first.slices());
        assertEquals(List.of("whole"), second.slices());
        assertFalse(second.answer.join().approximate());
        Answer kept = second.answer.join();
        assertTrue(second.contextUsed <= kept.promptTokens() + kept.generatedTokens() + 1);
        Heard next = new Heard();
        assistant.send(QUESTION, next);
        assertEquals(List.of("whole"), next.slices());
    }

    @Test
    void aReplayHasTheSettingsSeedAndSizeOfTheAnswer() {
        assistant.useSlice(sizes.getLast().slice(), KvPolicy.RECOMPUTE);
        Heard first = new Heard();
        assistant.send(QUESTION, first);
        Answer made = first.answer.join();
        assistant.useSlice(sizes.getFirst().slice(), KvPolicy.RECOMPUTE);
        assistant.resume(List.of(), left -> {});
        Heard again = new Heard();
        assistant.replay(QUESTION, made, again);
        assertEquals(made.text(), again.answer.join().text());
        assertEquals(made.generation(), again.answer.join().generation());
        assertEquals(List.of("half"), again.slices());
        Heard next = new Heard();
        assistant.send(QUESTION, next);
        assertEquals(List.of("whole"), next.slices());
    }

    @Test
    void anElasticAnswerBeginsWithTheChosenSize() {
        assistant.useElastic(sizes.getFirst().slice(), new Elastic.Speed(1e6, false));
        Heard heard = new Heard();
        assistant.send(QUESTION, heard);
        assertEquals("whole", heard.slices().getFirst());
        assertEquals(2, heard.slices().size());
    }

    @Test
    void aSizeThatDoesNotFitIsRefusedAndTheOldOneStays() {
        MatFormerSlice none = new MatFormerSlice("none", Set.of(), List.of(1, 2, 3));
        assertThrows(InvalidSliceException.class, () -> assistant.useSlice(none, KvPolicy.KEEP));
        assertEquals("whole", assistant.slice().name());
    }

    @Test
    void anotherModelTakesOverInTheMiddleOfAnAnswerAndTheChatGoesOn() {
        assistant.useSlice(sizes.getLast().slice(), KvPolicy.KEEP);
        assistant.budgetPerLayerCache(3 << 20);
        CompletableFuture<ModelInfo> switched = new CompletableFuture<>();
        ModelChoice other = new ModelChoice("other", "cpu:1");
        Heard heard = new Heard() {
            @Override
            public void onText(String piece) {
                if (!switched.isDone()) {
                    assistant.switchTo(other).whenComplete((now, failure) -> switched.complete(now));
                }
            }
        };
        assistant.use(Settings.DEFAULTS.withPreset(Preset.PRECISE).withMaxTokens(40));
        assistant.send(QUESTION, heard);
        assertEquals("other", switched.join().id());
        assertTrue(
                switched.join().device().contains("1 thread"), switched.join().device());
        assertEquals(other, assistant.choice());
        assertEquals(Answer.StopReason.STOPPED, heard.answer.join().stopReason());
        assertEquals("whole", assistant.slice().name(), "sizes are a model's own");
        assertEquals(3 << 20, assistant.memory().perLayer().budgetBytes());
        assistant.resume(List.of(new Exchange(QUESTION, "Small sums.")), left -> assertEquals(0, left));
        Heard next = new Heard();
        assistant.send(QUESTION, next);
        assertTrue(next.answer.join().promptTokens() > heard.answer.join().promptTokens());
        assertEquals(List.of("whole"), next.slices());
    }

    @Test
    void aModelThatCannotBeLoadedLeavesTheOldOne() {
        CompletionException failure = assertThrows(
                CompletionException.class,
                () -> assistant
                        .switchTo(new ModelChoice("missing", "cpu"))
                        .toCompletableFuture()
                        .join());
        assertEquals(
                "there is no model 'missing'",
                Objects.requireNonNull((MatryoshkaException) failure.getCause()).problem());
        assertEquals(EMBEDDED, assistant.choice());
        assertEquals("embedded", assistant.model().toCompletableFuture().join().id());
        Heard heard = new Heard();
        assistant.send(QUESTION, heard);
        assertEquals(List.of("whole"), heard.slices());
    }

    @Test
    void modelsThatWereLeftHoldNothing() {
        for (int i = 0; i < 4; i++) {
            assistant.switchTo(new ModelChoice("model " + i, "cpu"));
        }
        Heard heard = new Heard();
        assistant.send(QUESTION, heard);
        assertEquals("model 3", assistant.model().toCompletableFuture().join().id());
        assertFalse(heard.answer.join().text().isEmpty());
        assertEquals(4 + 1, LOADED.size());
        for (Gemma3n left : LOADED.subList(0, 4)) {
            assertThrows(
                    IllegalStateException.class,
                    () -> left.newChat("").send(QUESTION, GenerationConfig.greedy(1), piece -> {}));
        }
    }
}
