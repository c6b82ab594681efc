package dev.matryoshka.app;

import dev.matryoshka.engine.Answer;
import dev.matryoshka.engine.Answer.StopReason;
import dev.matryoshka.engine.ChatSession;
import dev.matryoshka.engine.Gemma3n;
import dev.matryoshka.engine.GenerationConfig;
import dev.matryoshka.engine.ModelInfo;
import dev.matryoshka.engine.Prompt;
import dev.matryoshka.engine.TokenListener;
import dev.matryoshka.engine.error.InsufficientMemoryException;
import dev.matryoshka.engine.error.InvalidRequestException;
import dev.matryoshka.engine.error.MatryoshkaException;
import dev.matryoshka.ui.Assistant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Runs the engine behind the window, on one thread of its own: loading, questions and new chats in their order. */
final class AssistantService implements Assistant, AutoCloseable {
    private static final int WARM_UP_TOKENS = 8;

    private final ExecutorService worker = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("assistant").factory());
    private final CompletableFuture<Gemma3n> gemma = new CompletableFuture<>();
    private volatile @Nullable ChatSession chat;
    private boolean toldOfFallback; // the worker's own
    private final AtomicInteger asked = new AtomicInteger();
    private volatile int stopped; // questions up to this one are not wanted any more

    /** Begins to load; not before the window stands, which would share the processor with it. */
    void start(Supplier<Gemma3n> loader) {
        gemma.completeAsync(loader, worker);
        worker.execute(this::warmUp);
    }

    /** Lets the JIT compile the decoder while the person still reads: the first answer would wait for it otherwise. */
    private void warmUp() {
        if (!gemma.isCompletedExceptionally()) {
            try (ChatSession practice = gemma.join().newChat("")) {
                practice.send(Prompt.of("Hi"), GenerationConfig.greedy(WARM_UP_TOKENS), piece -> {});
            } catch (RuntimeException e) {
                // the first question will say what is wrong
            }
        }
    }

    @Override
    public CompletionStage<ModelInfo> model() {
        return gemma.thenApply(Gemma3n::info);
    }

    @Override
    public double maxAudioSeconds() {
        return gemma.join().maxAudioSeconds();
    }

    @Override
    public void newChat() {
        stop();
        worker.execute(this::closeChat);
    }

    @Override
    public void send(Prompt prompt, AnswerSink sink) {
        int question = asked.incrementAndGet();
        worker.execute(() -> {
            try {
                answer(question, prompt, sink);
            } catch (MatryoshkaException e) {
                sink.onError(e);
            } catch (OutOfMemoryError e) {
                sink.onError(new InsufficientMemoryException(
                        "not enough memory for this question", "close other programs or start a new chat", e));
            } catch (RuntimeException | Error e) { // nothing may end the worker silently
                sink.onError(new InvalidRequestException("unexpected " + e, "please report it", e));
            }
        });
    }

    private void answer(int question, Prompt prompt, AnswerSink sink) {
        Gemma3n model = gemma.join();
        ChatSession session = session(model);
        GenerationConfig generation =
                model.defaultGeneration().withSeed(ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE));
        if (question <= stopped) { // while it was still waiting
            sink.onDone(new Answer("", 0, 0, 0, 0, 0, StopReason.STOPPED, 0, List.of()), session.contextUsed());
            return;
        }
        tellOfFallback(model.info(), sink);
        Answer answer = session.send(prompt, generation, new TokenListener() {
            @Override
            public void onText(String piece) {
                sink.onText(piece);
            }

            @Override
            public void onPrefill(int done, int total) {
                if (question <= stopped) { // stopped just before the session took it over
                    session.stop();
                }
                sink.onPrefill(done, total);
            }

            @Override
            public void onFallback(ModelInfo now) {
                tellOfFallback(now, sink);
            }
        });
        sink.onDone(answer, session.contextUsed());
    }

    /** Once: after a fallback the model stays on the CPU. It may have happened while nobody listened, in the warm-up. */
    private void tellOfFallback(ModelInfo now, AnswerSink sink) {
        if (now.fallback() && !toldOfFallback) {
            toldOfFallback = true;
            sink.onFallback(now);
        }
    }

    private ChatSession session(Gemma3n model) {
        ChatSession session = chat;
        if (session == null) {
            session = model.newChat("");
            chat = session;
        }
        return session;
    }

    @Override
    public void stop() {
        stopped = asked.get();
        ChatSession running = chat;
        if (running != null) {
            running.stop();
        }
    }

    private void closeChat() {
        ChatSession old = chat;
        if (old != null) {
            old.close();
            chat = null;
        }
    }

    @Override
    public void close() {
        stop();
        worker.execute(() -> {
            closeChat();
            if (!gemma.isCompletedExceptionally()) {
                gemma.join().close();
            }
        });
        worker.shutdown();
    }
}
