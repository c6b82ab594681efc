package dev.matryoshka.ui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.engine.Answer;
import dev.matryoshka.engine.Answer.StopReason;
import dev.matryoshka.engine.GenerationConfig;
import dev.matryoshka.engine.ModelInfo;
import dev.matryoshka.engine.Prompt;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.error.ContextOverflowException;
import dev.matryoshka.engine.error.ModelNotFoundException;
import dev.matryoshka.ui.chat.ChatViewModel;
import dev.matryoshka.ui.chat.Message;
import dev.matryoshka.ui.history.HistoryViewModel;
import dev.matryoshka.ui.size.SizeScale;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The chat's state without a window: everything happens on the calling thread. */
class ChatViewModelTest {
    private final Scripted assistant = new Scripted();
    private final ChatViewModel chat =
            new ChatViewModel(assistant, HistoryViewModel.none(), Runnable::run, Runnable::run);

    /** Leaves the answering to the test. */
    private static final class Scripted extends FakeAssistant {
        final CompletableFuture<ModelInfo> loading = new CompletableFuture<>();
        final List<AnswerSink> sinks = new ArrayList<>();

        @Override
        public CompletionStage<ModelInfo> model() {
            return loading;
        }

        @Override
        public void send(Prompt prompt, AnswerSink sink) {
            sinks.add(sink);
        }

        @Override
        public void goOn(@Nullable Answer begun, AnswerSink sink) {
            sinks.add(sink);
        }

        @Override
        public void compare(Prompt prompt, MatFormerSlice other, AnswerSink first, AnswerSink second) {
            sinks.add(first);
            sinks.add(second);
        }
    }

    @Test
    void nothingIsSentBeforeTheModelIsThere() {
        chat.draftProperty().set("Hello");
        assertFalse(chat.canSend());
        chat.send();
        assertTrue(assistant.sinks.isEmpty());
        assistant.loading.complete(FakeAssistant.MODEL);
        assertTrue(chat.canSend());
    }

    @Test
    void aModelThatCannotBeLoadedIsSaidSo() {
        assistant.loading.completeExceptionally(new ModelNotFoundException("no model", "fetch one"));
        assertEquals(
                "fetch one",
                Objects.requireNonNull(chat.loadErrorProperty().get()).remedy());
    }

    @Test
    void theAnswerOfAChatThatWasLeftIsNotHeard() {
        assistant.loading.complete(FakeAssistant.MODEL);
        ask("first");
        chat.newChat();
        ask("second");
        assistant.sinks.get(0).onText("old");
        assistant.sinks.get(0).onDone(answer("old"), 99);
        assertTrue(chat.answeringProperty().get());
        assistant.sinks.get(1).onText("new");
        assistant.sinks.get(1).onDone(answer("new"), 20);
        Message.Answering last =
                assertInstanceOf(Message.Answering.class, chat.messages().getLast());
        assertEquals("new", last.textProperty().get());
        assertEquals(20, chat.contextUsedProperty().get());
        assertFalse(chat.answeringProperty().get());
    }

    @Test
    void whatWasSaidBeforeAFailureStays() {
        assistant.loading.complete(FakeAssistant.MODEL);
        ask("first");
        assistant.sinks.getFirst().onText("half of");
        assistant.sinks.getFirst().onError(new ContextOverflowException("full", "start a new chat"));
        assertEquals(3, chat.messages().size());
        assertInstanceOf(Message.Failed.class, chat.messages().getLast());
        ask("second");
        assistant.sinks.getLast().onError(new ContextOverflowException("full", "start a new chat"));
        assertEquals(5, chat.messages().size()); // the empty answer is gone
    }

    @Test
    void anAnswerThatWasCutShortGoesOnInTheSamePlace() {
        assistant.loading.complete(FakeAssistant.MODEL);
        ask("first");
        assistant.sinks.getLast().onText("half");
        assistant.sinks.getLast().onDone(answer("half", StopReason.STOPPED), 20);
        Message.Answering half =
                assertInstanceOf(Message.Answering.class, chat.messages().getLast());
        assertTrue(chat.canGoOn(half));
        chat.goOn();
        assertTrue(chat.answeringProperty().get());
        assistant.sinks.getLast().onText(" of it");
        assistant.sinks.getLast().onError(new ContextOverflowException("full", "start a new chat"));
        assertEquals("half", Objects.requireNonNull(half.answerProperty().get()).text());
        chat.goOn(half);
        assistant.sinks.getLast().onText(", all");
        assistant.sinks.getLast().onDone(answer("half of it, all", StopReason.END_OF_TURN), 25);
        assertEquals("half of it, all", half.textProperty().get());
        assertEquals(25, chat.contextUsedProperty().get());
        assertFalse(chat.canGoOn(half));
        int asked = assistant.sinks.size();
        chat.goOn(half);
        assertEquals(asked, assistant.sinks.size());
    }

    @Test
    void whatFillsTheContextOrCameToItsEndDoesNotGoOn() {
        assistant.loading.complete(FakeAssistant.MODEL);
        for (StopReason reason : List.of(StopReason.CONTEXT_FULL, StopReason.END_OF_TURN)) {
            ask("first");
            assistant.sinks.getLast().onText("all");
            assistant.sinks.getLast().onDone(answer("all", reason), 20);
            assertFalse(chat.canGoOn((Message.Answering) chat.messages().getLast()));
        }
    }

    @Test
    void onlyTheLastAnswerGoesOn() {
        assistant.loading.complete(FakeAssistant.MODEL);
        for (String question : List.of("first", "second")) {
            ask(question);
            assistant.sinks.getLast().onText("half");
            assistant.sinks.getLast().onDone(answer("half", StopReason.MAX_TOKENS), 20);
        }
        assertFalse(chat.canGoOn((Message.Answering) chat.messages().get(1)));
        assertTrue(chat.canGoOn((Message.Answering) chat.messages().getLast()));
    }

    @Test
    void aLineStandsBeforeTheFirstTurnThatTheModelReads() {
        assistant.loading.complete(FakeAssistant.MODEL);
        for (int left : new int[] {0, 1, 1, 3}) {
            ask("again");
            assistant.sinks.getLast().onWindow(left);
            assistant.sinks.getLast().onText("yes");
            assistant.sinks.getLast().onDone(answer("yes"), 20);
        }
        List<Message> all = chat.messages();
        assertEquals(9, all.size());
        assertEquals("The model no longer sees what is above", ((Message.Boundary) all.get(6)).text());
        chat.newChat();
        ask("again");
        assistant.sinks.getLast().onWindow(0);
        assertEquals(2, chat.messages().size());
    }

    @Test
    void aDeviceThatFailsIsToldAboveTheAnswer() {
        assistant.loading.complete(FakeAssistant.MODEL);
        ask("first");
        assistant.sinks.getFirst().onText("half of");
        ModelInfo now = new ModelInfo("test", 1, 1, "BF16", 9, 0, 0, "CPU", "the GPU was lost", true, "whole");
        assistant.sinks.getFirst().onFallback(now);
        assistant.sinks.getFirst().onText(" it, and the rest");
        assistant.sinks.getFirst().onDone(answer("half of it, and the rest"), 20);
        assertEquals(
                new Message.Notice("Going on with CPU: the GPU was lost"),
                chat.messages().get(1));
        Message.Answering last =
                assertInstanceOf(Message.Answering.class, chat.messages().getLast());
        assertEquals("half of it, and the rest", last.textProperty().get());
        assertEquals(now, chat.modelProperty().get());
    }

    @Test
    void twoSizesAnswerOneQuestion() {
        assistant.loading.complete(FakeAssistant.MODEL);
        SizeScale scale = Objects.requireNonNull(chat.size().scaleProperty().get());
        chat.size().compareWithProperty().set(scale.smallest());
        ask("which?");
        Message.Compared both =
                assertInstanceOf(Message.Compared.class, chat.messages().getLast());
        assertEquals(
                List.of("E2B", "E4B"),
                List.of(both.first().asked(), both.second().asked()));
        assertTrue(chat.size().comparingProperty().get());
        assistant.sinks.get(0).onText("small");
        assistant.sinks.get(0).onDone(answer("small"), 20);
        assertTrue(chat.answeringProperty().get());
        assistant.sinks.get(1).onText("large");
        assistant.sinks.get(1).onError(new ContextOverflowException("full", "start a new chat"));
        assertFalse(chat.answeringProperty().get());
        assertFalse(chat.size().comparingProperty().get());
        assertEquals("small", both.first().textProperty().get());
        assertEquals("large", both.second().textProperty().get());
        assertInstanceOf(Message.Failed.class, chat.messages().getLast());
    }

    private void ask(String text) {
        chat.draftProperty().set(text);
        chat.send();
    }

    private static Answer answer(String text) {
        return answer(text, StopReason.END_OF_TURN);
    }

    private static Answer answer(String text, StopReason reason) {
        return new Answer(text, 1, 1, 0, 0, 0, reason, GenerationConfig.greedy(10), List.of(), Answer.Drafts.NONE);
    }
}
