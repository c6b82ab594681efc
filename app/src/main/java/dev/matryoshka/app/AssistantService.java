package dev.matryoshka.app;

import dev.matryoshka.engine.Answer;
import dev.matryoshka.engine.Answer.SliceUse;
import dev.matryoshka.engine.Answer.StopReason;
import dev.matryoshka.engine.ChatSession;
import dev.matryoshka.engine.Elastic;
import dev.matryoshka.engine.Exchange;
import dev.matryoshka.engine.Gemma3n;
import dev.matryoshka.engine.GenerationConfig;
import dev.matryoshka.engine.MemoryUse;
import dev.matryoshka.engine.ModelInfo;
import dev.matryoshka.engine.ModelSlices;
import dev.matryoshka.engine.Prompt;
import dev.matryoshka.engine.PromptPart;
import dev.matryoshka.engine.TokenListener;
import dev.matryoshka.engine.config.KvPolicy;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.config.SliceCatalog;
import dev.matryoshka.engine.error.InsufficientMemoryException;
import dev.matryoshka.engine.error.InvalidRequestException;
import dev.matryoshka.engine.error.MatryoshkaException;
import dev.matryoshka.ui.Assistant;
import dev.matryoshka.ui.ModelChoice;
import dev.matryoshka.ui.settings.Settings;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** Runs the engine behind the window, on one thread of its own: loading, questions and new chats in their order. */
final class AssistantService implements Assistant, AutoCloseable {
    private static final int WARM_UP_TOKENS = 8;
    private static final Executor SAVING =
            task -> Thread.ofVirtual().name("save").start(task); // not behind an answer

    private final ExecutorService worker = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("assistant").factory());
    private final ReadWriteLock asking = new ReentrantReadWriteLock(); // nobody frees a model that is asked something
    private volatile CompletableFuture<Gemma3n> gemma = new CompletableFuture<>(); // the one that there is or will be
    private CompletableFuture<Gemma3n> loaded = gemma; // the worker's own: never one that it has to load itself
    private final Loader loader;
    private final Lock turn = new ReentrantLock(true); // who computes: the chat's answers, or a guest in between
    private volatile boolean closing;
    private volatile ModelChoice model;
    private ModelChoice loadedChoice; // the worker's own
    private volatile @Nullable Long perLayerBytes; // null until the person says
    private volatile @Nullable ChatSession chat;
    private boolean toldOfFallback; // the worker's own
    private @Nullable Collection<PromptPart> kept; // the worker's own
    private final AtomicInteger asked = new AtomicInteger();
    private volatile @Nullable Choice choice; // null until the person makes one
    private volatile Settings settings = Settings.DEFAULTS;
    private volatile boolean drafts;
    private volatile int stopped; // questions up to this one are not wanted any more

    /** The size that the person wants: that slice, or up to it where there is a target. */
    private record Choice(MatFormerSlice slice, @Nullable Elastic target) {
        void tell(ChatSession session, KvPolicy policy) {
            if (target == null) {
                session.useSlice(slice, policy);
            } else {
                session.useElastic(slice, target);
            }
        }
    }

    /** Uses the model beside the chat. */
    @FunctionalInterface
    interface Guest<T> {
        /**
         * Computes something.
         *
         * @param turn to be held while it computes, and let go often: an answer waits for it
         * @param gone whether the model is wanted no more, so that it has to end
         */
        T use(Gemma3n model, Lock turn, BooleanSupplier gone);
    }

    /** How models are loaded. */
    @FunctionalInterface
    interface Loader {
        /** @throws MatryoshkaException it can't be loaded */
        Gemma3n load(ModelChoice choice);
    }

    /**
     * @param first what {@link #start} loads
     */
    AssistantService(ModelChoice first, Loader loader) {
        this.loader = loader;
        model = first;
        loadedChoice = first;
    }

    /** Begins to load; not before the window stands, which would share the processor with it. */
    void start() {
        ModelChoice first = model;
        gemma.completeAsync(() -> load(first), worker);
        worker.execute(this::warmUp);
    }

    /** What the model in use holds; null while there is none. */
    @Nullable
    MemoryUse held() {
        CompletableFuture<Gemma3n> now = gemma;
        return now.isDone() && !now.isCompletedExceptionally() ? memory() : null;
    }

    @Override
    public ModelChoice choice() {
        return model;
    }

    @Override
    public CompletionStage<ModelInfo> switchTo(ModelChoice wanted) {
        stop();
        CompletableFuture<Gemma3n> next = new CompletableFuture<>();
        CompletableFuture<ModelInfo> switched = new CompletableFuture<>();
        gemma = next;
        model = wanted;
        worker.execute(() -> {
            free();
            loaded = next;
            try {
                next.complete(load(wanted));
                model = wanted;
                loadedChoice = wanted;
                choice = null;
                toldOfFallback = false;
                switched.complete(next.join().info());
            } catch (RuntimeException | Error e) {
                goBack(next);
                switched.completeExceptionally(known(e, "not enough memory for this model", "choose a smaller one"));
            }
            warmUp();
        });
        return switched;
    }

    private Gemma3n load(ModelChoice wanted) {
        Log.info("loading " + wanted.model() + ", device " + wanted.device());
        long start = System.nanoTime();
        Gemma3n fresh;
        try {
            fresh = loader.load(wanted);
        } catch (RuntimeException | Error e) {
            Log.failure("could not load " + wanted.model(), e);
            throw e;
        }
        ModelInfo info = fresh.info();
        Log.info(String.format(
                Locale.ROOT,
                "loaded %s in %.1f s: %.0f million parameters, %s, context %d; on %s: %s",
                info.id(),
                (System.nanoTime() - start) / 1e9,
                info.parameters() / 1e6,
                info.type(),
                info.contextLength(),
                info.device(),
                info.deviceReason()));
        Long rows = perLayerBytes;
        if (rows != null) {
            fresh.budgetPerLayerCache(rows);
        }
        return fresh;
    }

    /** Loads what there was before. */
    private void goBack(CompletableFuture<Gemma3n> next) {
        model = loadedChoice;
        Choice size = choice;
        choice = size == null ? null : new Choice(size.slice(), null);
        try {
            next.complete(load(loadedChoice));
        } catch (RuntimeException | Error e) {
            next.completeExceptionally(e);
        }
    }

    /** Gives back what the model holds, once nobody asks it anything. */
    private void free() {
        closeChat();
        if (!loaded.isCompletedExceptionally()) {
            asking.writeLock().lock();
            try {
                loaded.join().close();
            } finally {
                asking.writeLock().unlock();
            }
        }
    }

    /** Asks the model that there is, or waits for the one that is being loaded; not on the worker. */
    @SuppressWarnings("ReferenceEquality") // whether it is still this very one
    private <T> T ask(Function<Gemma3n, T> question) {
        while (true) {
            CompletableFuture<Gemma3n> now = gemma;
            Gemma3n there = now.join();
            asking.readLock().lock();
            try {
                if (now == gemma) { // else it may be freed by now
                    return question.apply(there);
                }
            } finally {
                asking.readLock().unlock();
            }
        }
    }

    /** Lets someone use the model between the chat's answers. Waits for the model; not on the worker. */
    @SuppressWarnings("ReferenceEquality") // whether it is still this very one
    <T> T beside(Guest<T> guest) {
        return ask(there -> guest.use(
                there, turn, () -> closing || gemma.isCompletedExceptionally() || gemma.getNow(null) != there));
    }

    /** Lets the JIT compile the decoder while the person still reads: the first answer would wait for it otherwise. */
    private void warmUp() {
        if (!loaded.isCompletedExceptionally()) {
            turn.lock();
            try (ChatSession practice = loaded.join().newChat("")) {
                practice.send(Prompt.of("Hi"), GenerationConfig.greedy(WARM_UP_TOKENS), piece -> {});
            } catch (RuntimeException e) {
                // the first question will say what is wrong
            } finally {
                turn.unlock();
            }
        }
    }

    @Override
    public CompletionStage<ModelInfo> model() {
        return gemma.thenApply(Gemma3n::info);
    }

    @Override
    public double maxAudioSeconds() {
        return ask(Gemma3n::maxAudioSeconds);
    }

    @Override
    public CompletionStage<ModelSlices> slices() {
        return gemma.thenApply(model -> model.slices(AppFolders.ofUser().slices()));
    }

    @Override
    public MatFormerSlice slice() {
        Choice made = choice;
        return made == null ? gemma.join().slice() : made.slice();
    }

    @Override
    public void useSlice(MatFormerSlice slice, KvPolicy policy) {
        choose(new Choice(slice, null), policy);
    }

    @Override
    public void useElastic(MatFormerSlice widest, Elastic target) {
        choose(new Choice(widest, target), KvPolicy.KEEP);
    }

    @Override
    public void useDrafts(boolean wanted) {
        drafts = wanted;
    }

    @Override
    public CompletionStage<ModelSlices> saveSlice(MatFormerSlice slice) {
        return CompletableFuture.supplyAsync(
                () -> ask(model -> {
                    Path folder = AppFolders.ofUser().slices();
                    new SliceCatalog(model.config().text(), folder).save(slice);
                    return model.slices(folder);
                }),
                SAVING);
    }

    @Override
    public MemoryUse memory() {
        return ask(Gemma3n::memory);
    }

    @Override
    public void resident(MatFormerSlice most) {
        ask(model -> {
            if (model.memory().residency() != null) { // it may have fallen back on the CPU
                model.resident(most);
            }
            return most;
        });
    }

    @Override
    public void budgetPerLayerCache(long bytes) {
        perLayerBytes = bytes;
        ask(model -> {
            model.budgetPerLayerCache(bytes);
            return bytes;
        });
    }

    private void choose(Choice made, KvPolicy policy) {
        made.slice().check(gemma.join().config().text());
        choice = made;
        ChatSession running = chat;
        if (running != null) {
            made.tell(running, policy);
        }
    }

    @Override
    public void use(Settings made) {
        settings = made;
    }

    @Override
    public void newChat() {
        stop();
        worker.execute(() -> {
            closeChat();
            kept = null;
        });
    }

    @Override
    public void resume(List<Exchange> turns, IntConsumer outOfView) {
        stop();
        worker.execute(() -> {
            if (!loaded.isCompletedExceptionally() && (chat != null || !turns.isEmpty())) {
                session().resume(turns);
                outOfView.accept(session().turnsOutOfView());
            }
        });
    }

    @Override
    public void keep(@Nullable Collection<PromptPart> attachments) {
        worker.execute(() -> {
            kept = attachments;
            if (chat != null) {
                session().keep(attachments);
            }
        });
    }

    @Override
    public void send(Prompt prompt, AnswerSink sink) {
        int question = asked.incrementAndGet();
        long seed = seed();
        worker.execute(() -> attempt(sink, () -> answer(question, prompt, generation(seed), sink)));
    }

    @Override
    public void goOn(@Nullable Answer made, AnswerSink sink) {
        int question = asked.incrementAndGet();
        long seed = seed();
        worker.execute(() -> attempt(sink, () -> {
            GenerationConfig now = generation(seed);
            Answer begun = made == null ? nothing(now) : made;
            answer(question, begun, sink, (session, listener) -> session.goOn(begun, now.maxTokens(), listener));
        }));
    }

    @Override
    public void compare(Prompt prompt, MatFormerSlice other, AnswerSink first, AnswerSink second) {
        int question = asked.incrementAndGet();
        long seed = seed();
        worker.execute(() -> {
            boolean answered = attempt(first, () -> {
                session().useSlice(other, KvPolicy.RECOMPUTE);
                answer(question, prompt, generation(seed), first);
            });
            attempt(second, () -> {
                if (answered && question > stopped) {
                    session().takeBack();
                }
                useChoice(session());
                answer(question, prompt, generation(seed), second);
            });
        });
    }

    @Override
    public void replay(Prompt prompt, Answer made, AnswerSink sink) {
        int question = asked.incrementAndGet();
        worker.execute(() -> {
            attempt(sink, () -> {
                if (!made.slices().isEmpty()) {
                    session().useSlice(made.slices().getFirst().slice(), KvPolicy.RECOMPUTE);
                }
                answer(question, prompt, made.generation(), sink);
            });
            if (chat != null) {
                useChoice(session());
            }
        });
    }

    private GenerationConfig generation(long seed) {
        return settings.generation(loaded.join().defaultGeneration()).withSeed(seed);
    }

    private long seed() {
        Long set = settings.seed();
        return set != null ? set : ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE);
    }

    /** Does what may fail for reasons that the person should hear; whether it did not. */
    private boolean attempt(AnswerSink sink, Runnable action) {
        turn.lock();
        try {
            action.run();
            return true;
        } catch (RuntimeException | Error e) { // nothing may end the worker silently
            Log.failure("no answer", e);
            sink.onError(known(e, "not enough memory for this question", "close other programs or start a new chat"));
        } finally {
            turn.unlock();
        }
        return false;
    }

    /** What to tell the person of a failure. */
    private static MatryoshkaException known(Throwable failure, String noMemory, String remedy) {
        return switch (failure) {
            case MatryoshkaException e -> e;
            case CompletionException e when e.getCause() != null -> known(e.getCause(), noMemory, remedy);
            case OutOfMemoryError e -> new InsufficientMemoryException(noMemory, remedy, e);
            default -> new InvalidRequestException("unexpected " + failure, "please report it", failure);
        };
    }

    private void answer(int question, Prompt prompt, GenerationConfig generation, AnswerSink sink) {
        answer(question, nothing(generation), sink, (session, listener) -> session.send(prompt, generation, listener));
    }

    private static Answer nothing(GenerationConfig generation) {
        return new Answer("", 0, 0, 0, 0, 0, StopReason.STOPPED, generation, List.of(), Answer.Drafts.NONE);
    }

    /** @param begun what there is of the answer */
    private void answer(
            int question, Answer begun, AnswerSink sink, BiFunction<ChatSession, TokenListener, Answer> turn) {
        ChatSession session = session();
        if (question <= stopped) { // while it was still waiting
            sink.onDone(begun, session.contextUsed());
            return;
        }
        tellOfFallback(loaded.join().info(), sink);
        session.useDrafts(drafts ? session.smallest() : null);
        Answer answer = turn.apply(session, new TokenListener() {
            @Override
            public void onText(String piece) {
                sink.onText(piece);
            }

            @Override
            public void onSlice(SliceUse use) {
                sink.onSlice(use);
            }

            @Override
            public void onWindow(int left) {
                sink.onWindow(left);
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
            Log.info("going on with " + now.device() + ": " + now.deviceReason());
            sink.onFallback(now);
        }
    }

    private ChatSession session() {
        ChatSession session = chat;
        if (session == null) {
            session = loaded.join().newChat(settings.system());
            chat = session;
            session.keep(kept);
            useChoice(session);
        }
        return session;
    }

    private void useChoice(ChatSession session) {
        Choice made = choice;
        (made == null ? new Choice(loaded.join().slice(), null) : made).tell(session, KvPolicy.RECOMPUTE);
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
        if (closing) {
            return;
        }
        closing = true;
        stop();
        worker.execute(this::free);
        worker.shutdown();
    }
}
