package dev.matryoshka.ui;

import dev.matryoshka.engine.Answer;
import dev.matryoshka.engine.Answer.SliceUse;
import dev.matryoshka.engine.Answer.StopReason;
import dev.matryoshka.engine.Elastic;
import dev.matryoshka.engine.Exchange;
import dev.matryoshka.engine.GenerationConfig;
import dev.matryoshka.engine.MemoryUse;
import dev.matryoshka.engine.ModelInfo;
import dev.matryoshka.engine.ModelSlices;
import dev.matryoshka.engine.Prompt;
import dev.matryoshka.engine.Residency;
import dev.matryoshka.engine.config.KvPolicy;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.config.SliceCatalog;
import dev.matryoshka.engine.error.MatryoshkaException;
import dev.matryoshka.engine.weights.DType;
import dev.matryoshka.engine.weights.TableStatus;
import dev.matryoshka.ui.settings.Settings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Says what a test told it to, on a thread of its own, and remembers what it was asked. */
class FakeAssistant implements Assistant {
    static final ModelInfo MODEL = new ModelInfo(
            "test/gemma-3n",
            10_800_000,
            3_900_000,
            "BF16",
            2048,
            16,
            20,
            "CPU, 2 threads",
            "asked for",
            false,
            "whole");

    static final ModelSlices SLICES = ModelSlices.ofPublished("E4B", DType.Q4_0, null);

    volatile CompletableFuture<ModelInfo> model = CompletableFuture.completedFuture(MODEL);
    volatile ModelSlices slices = SLICES;
    volatile ModelChoice choice = new ModelChoice("test/gemma-3n", "auto");
    final List<Loading> switches = Collections.synchronizedList(new ArrayList<>());
    final List<Prompt> asked = Collections.synchronizedList(new ArrayList<>());
    volatile List<String> pieces = List.of("An ", "elephant", ".");
    volatile @Nullable MatryoshkaException error;
    volatile boolean endless;
    volatile boolean stopped;
    volatile MatFormerSlice slice = MatFormerSlice.whole(SLICES.config());
    volatile @Nullable Elastic elastic;
    volatile Settings settings = Settings.DEFAULTS;
    volatile @Nullable String reason; // for its size
    volatile boolean drafts;
    volatile Answer.Drafts drafted = Answer.Drafts.NONE;
    volatile Path saved = Path.of("nowhere");
    volatile long budget = 64_000_000;
    volatile long freeBytes = 1_060_000_000;
    volatile @Nullable Residency residency; // null: on the CPU
    final AtomicInteger memoryAsked = new AtomicInteger();
    final List<KvPolicy> policies = Collections.synchronizedList(new ArrayList<>());
    final List<Answer> replayed = Collections.synchronizedList(new ArrayList<>());
    final List<Exchange> resumed = Collections.synchronizedList(new ArrayList<>());
    final AtomicInteger newChats = new AtomicInteger();

    /** A switch that a test brings to its end. */
    final class Loading {
        final ModelChoice wanted;
        private final ModelChoice before = choice;
        private final CompletableFuture<ModelInfo> next = new CompletableFuture<>();
        private final CompletableFuture<ModelInfo> switched = new CompletableFuture<>();

        Loading(ModelChoice wanted) {
            this.wanted = wanted;
            choice = wanted;
            model = next;
        }

        void succeed(ModelInfo info, ModelSlices with) {
            slices = with;
            slice = MatFormerSlice.whole(with.config());
            next.complete(info);
            switched.complete(info);
        }

        void fail(MatryoshkaException reason) {
            choice = before;
            next.complete(MODEL);
            switched.completeExceptionally(reason);
        }
    }

    @Override
    public ModelChoice choice() {
        return choice;
    }

    @Override
    public CompletionStage<ModelInfo> switchTo(ModelChoice wanted) {
        Loading loading = new Loading(wanted);
        switches.add(loading);
        return loading.switched;
    }

    @Override
    public CompletionStage<ModelInfo> model() {
        return model;
    }

    @Override
    public double maxAudioSeconds() {
        return 3.2;
    }

    @Override
    public CompletionStage<ModelSlices> slices() {
        return model.thenApply(there -> slices);
    }

    @Override
    public MatFormerSlice slice() {
        return slice;
    }

    @Override
    public void useSlice(MatFormerSlice wanted, KvPolicy policy) {
        slice = wanted;
        policies.add(policy);
        elastic = null;
    }

    @Override
    public void useElastic(MatFormerSlice widest, Elastic target) {
        slice = widest;
        elastic = target;
    }

    @Override
    public void useDrafts(boolean wanted) {
        drafts = wanted;
    }

    @Override
    public CompletionStage<ModelSlices> saveSlice(MatFormerSlice made) {
        return CompletableFuture.supplyAsync(() -> {
            new SliceCatalog(SLICES.config(), saved).save(made);
            return ModelSlices.ofPublished("E4B", DType.Q4_0, saved);
        });
    }

    @Override
    public MemoryUse memory() {
        memoryAsked.incrementAndGet();
        TableStatus table = new TableStatus(budget, 48_000_000, 94, 6, 4480, 2_350_000_000L, 1_100_000_000);
        return new MemoryUse(
                residency == null ? "CPU, 2 threads" : "Vulkan, Test GPU",
                Map.of(
                        "weights",
                        1_470_000_000L,
                        "kv",
                        270_000_000L,
                        "activations",
                        150_000_000L,
                        "staging",
                        50_000_000L),
                freeBytes,
                residency,
                table);
    }

    @Override
    public void resident(MatFormerSlice most) {
        residency = new Residency(most, true, null);
    }

    @Override
    public void budgetPerLayerCache(long bytes) {
        budget = bytes;
    }

    @Override
    public void use(Settings made) {
        settings = made;
    }

    @Override
    public void newChat() {
        newChats.incrementAndGet();
    }

    @Override
    public void resume(List<Exchange> turns) {
        resumed.clear();
        resumed.addAll(turns);
    }

    @Override
    public void send(Prompt prompt, AnswerSink sink) {
        asked.add(prompt);
        stopped = false;
        Thread.ofPlatform().daemon().start(() -> answer(sink));
    }

    @Override
    public void compare(Prompt prompt, MatFormerSlice other, AnswerSink first, AnswerSink second) {
        asked.add(prompt);
        stopped = false;
        Thread.ofPlatform().daemon().start(() -> {
            MatFormerSlice chosen = slice;
            slice = other;
            answer(first);
            slice = chosen;
            answer(second);
        });
    }

    @Override
    public void replay(Prompt prompt, Answer made, AnswerSink sink) {
        replayed.add(made);
        send(prompt, sink);
    }

    @Override
    public void goOn(Answer begun, AnswerSink sink) {
        Thread.ofPlatform().daemon().start(() -> {
            sink.onSlice(new SliceUse(slice, 0, false));
            sink.onText(" And more.");
            sink.onDone(
                    new Answer(
                            begun.text() + " And more.",
                            10,
                            begun.generatedTokens() + 2,
                            0.42,
                            100,
                            12.5,
                            StopReason.END_OF_TURN,
                            begun.generation(),
                            begun.slices(),
                            Answer.Drafts.NONE),
                    15);
        });
    }

    private void answer(AnswerSink sink) {
        MatryoshkaException failure = error;
        if (failure != null) {
            sink.onError(failure);
            return;
        }
        List<SliceUse> slices = new ArrayList<>();
        sink.onPrefill(10, 10);
        int tokens = 0;
        StringBuilder text = new StringBuilder();
        do {
            for (String piece : pieces) {
                if (slices.isEmpty() || !slices.getLast().slice().equals(slice)) {
                    SliceUse use = new SliceUse(slice, tokens, !slices.isEmpty(), reason);
                    slices.add(use);
                    sink.onSlice(use);
                }
                tokens++;
                sink.onText(piece);
                text.append(piece);
            }
            LockSupport.parkNanos(endless ? 2_000_000 : 0); // a fast model, not an infinitely fast one
        } while (endless && !stopped);
        StopReason reason = stopped ? StopReason.STOPPED : StopReason.END_OF_TURN;
        sink.onDone(
                new Answer(
                        text.toString(),
                        10,
                        3,
                        0.42,
                        100,
                        12.5,
                        reason,
                        GenerationConfig.greedy(100).withSeed(1),
                        slices,
                        drafted),
                13);
    }

    @Override
    public void stop() {
        stopped = true;
    }
}
