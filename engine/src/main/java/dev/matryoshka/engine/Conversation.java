package dev.matryoshka.engine;

import dev.matryoshka.engine.Answer.SliceUse;
import dev.matryoshka.engine.Answer.StopReason;
import dev.matryoshka.engine.config.KvPolicy;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.error.ContextOverflowException;
import dev.matryoshka.engine.generation.DecoderSession;
import dev.matryoshka.engine.generation.DraftLength;
import dev.matryoshka.engine.generation.Logits;
import dev.matryoshka.engine.generation.SizeController;
import dev.matryoshka.engine.generation.SpeculativePass;
import dev.matryoshka.engine.generation.TokenSequence;
import dev.matryoshka.engine.sampling.Sampler;
import dev.matryoshka.engine.tokenizer.StreamingDecoder;
import dev.matryoshka.engine.weights.MappedFile;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** The {@link ChatSession} on a placed session: prompt to tokens, prefill, decode, text. */
final class Conversation implements ChatSession {
    private final PromptEncoder encoder;
    private final PlacedSession session;
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final AtomicReference<@Nullable Wish> wanted = new AtomicReference<>(); // waits for the next token
    private @Nullable SizeController elastic;
    private final DraftLength draftLength = new DraftLength();
    private volatile @Nullable MatFormerSlice draft;
    private final ContextWindow window;

    /** A size to take up, as soon as the device holds it. */
    private record Wish(MatFormerSlice widest, Runnable take) {}

    Conversation(PromptEncoder encoder, PlacedSession session) {
        this.encoder = encoder;
        this.session = session;
        window = new ContextWindow(encoder, session);
    }

    @Override
    public synchronized Answer send(Prompt prompt, GenerationConfig generation, TokenListener listener) {
        return run(new Turn(generation, 0, listener), () -> window.ask(prompt));
    }

    @Override
    public synchronized Answer goOn(Answer begun, int maxTokens, TokenListener listener) {
        Answer heard =
                begun.heard(window.lastAnswer(), more -> encoder.words(more).size());
        Turn turn = new Turn(heard.generation().withMaxTokens(maxTokens), heard.generatedTokens(), listener);
        return heard.plus(run(turn, window::goOn));
    }

    private Answer run(Turn turn, IntSupplier begin) {
        stopped.set(false);
        session.report(turn.listener);
        try {
            Answer answer = turn.run(begin);
            window.close(answer.text());
            return answer;
        } catch (InternalError e) { // how the JVM reports a page of a mapping that is gone
            window.giveUp();
            throw MappedFile.cutOff(e);
        } catch (RuntimeException | Error e) {
            window.giveUp();
            throw e;
        }
    }

    @Override
    public synchronized void keep(@Nullable Collection<PromptPart> attachments) {
        window.keep(attachments);
    }

    @Override
    public void stop() {
        stopped.set(true);
    }

    @Override
    public void useSlice(MatFormerSlice slice, KvPolicy policy) {
        wish(slice, () -> {
            elastic = null;
            session.useSlice(slice, policy);
        });
    }

    @Override
    public void useElastic(MatFormerSlice widest, Elastic target) {
        switch (target) {
            case Elastic.Speed speed ->
                wish(widest, () -> follow(session.elastic(widest, speed.tokensPerSecond(), speed.exact())));
            case Elastic.Sparing sparing -> {
                SizeController controller = session.sparing(widest, sparing.exact());
                wish(widest, () -> follow(controller));
            }
            case Elastic.DeviceMemory memory -> {
                MatFormerSlice largest = session.largest(widest, memory);
                wish(largest, () -> {
                    elastic = null;
                    session.useSlice(largest, KvPolicy.KEEP);
                    session.keepOnly(largest);
                });
            }
        }
    }

    private void follow(SizeController controller) {
        elastic = controller;
        session.useSlice(controller.slice(), KvPolicy.KEEP);
    }

    private void wish(MatFormerSlice widest, Runnable take) {
        session.check(widest);
        session.include(widest);
        wanted.set(new Wish(widest, take));
    }

    @Override
    public void useDrafts(@Nullable MatFormerSlice slice) {
        if (slice != null) {
            session.check(slice);
        }
        draft = slice;
    }

    @Override
    public boolean drafts(MatFormerSlice slice) {
        return session.drafts(slice);
    }

    @Override
    public MatFormerSlice smallest() {
        return session.smallest();
    }

    @Override
    public synchronized void takeBack() {
        window.takeBack();
    }

    @Override
    public synchronized void resume(List<Exchange> turns) {
        window.resume(turns);
    }

    @Override
    public synchronized int turnsOutOfView() {
        return window.leftSoon();
    }

    @Override
    public int contextUsed() {
        return session.tokens().size();
    }

    @Override
    public int contextLimit() {
        return session.contextLimit();
    }

    @Override
    public void close() {
        session.close();
    }

    /** One question and its answer, or more of the answer. */
    private final class Turn {
        private final GenerationConfig generation;
        private final int drawn;
        private final TokenListener listener;
        private final long start = System.nanoTime();
        private final StringBuilder text = new StringBuilder();
        private final StreamingDecoder decoder = encoder.streamingDecoder();
        private long prefillStart;
        private long firstToken;
        private final List<SliceUse> slices = new ArrayList<>();
        private Answer.Drafts drafts = Answer.Drafts.NONE;
        private int prefilled;
        private int generated;

        /** @param drawn tokens of the answer that are there already */
        Turn(GenerationConfig generation, int drawn, TokenListener listener) {
            this.generation = generation;
            this.drawn = drawn;
            this.listener = listener;
        }

        /** @param begin puts the prompt's tokens into the session and says how many of all were there before */
        Answer run(IntSupplier begin) {
            TokenSequence tokens = session.tokens();
            int before = begin.getAsInt();
            listener.onWindow(window.left());
            if (tokens.size() == session.contextLimit() && !slide()) {
                throw new ContextOverflowException("the answer fills the context", "start a new chat");
            }
            int promptTokens = Math.max(0, tokens.size() - before);
            prefillStart = System.nanoTime();
            changeSlice();
            Logits logits = advance((done, total) -> {
                prefilled = done;
                listener.onPrefill(done, total);
            });
            firstToken = System.nanoTime();
            StopReason reason = logits == null ? StopReason.STOPPED : decode(logits);
            if (reason != StopReason.END_OF_TURN) {
                dropUnfinished();
            }
            emit(decoder.flush());
            return answer(promptTokens, reason);
        }

        private StopReason decode(Logits first) {
            Sampler sampler = new Sampler(new Sampler.Settings(
                    generation.temperature(),
                    generation.topK(),
                    generation.topP(),
                    generation.minP(),
                    generation.repetitionPenalty(),
                    generation.seed()));
            sampler.skip(drawn);
            StopReason end = take(session.choose(first, l -> sampler.next(l, seen())));
            while (end == null || (end == StopReason.CONTEXT_FULL && slide())) {
                changeSlice();
                MatFormerSlice drafting = elastic == null ? draft : null;
                int room =
                        drafting == null ? 0 : Math.min(session.room(drafting), generation.maxTokens() - generated - 1);
                end = drafting != null && room > 0
                        ? pass(drafting, Math.min(room, draftLength.next()), sampler)
                        : step(sampler);
            }
            return end;
        }

        /** One token more. */
        private @Nullable StopReason step(Sampler sampler) {
            long before = System.nanoTime();
            Logits logits = advance((done, total) -> {});
            if (logits == null) {
                return StopReason.STOPPED;
            }
            StopReason end = take(session.choose(logits, l -> sampler.next(l, seen())));
            adapt(before);
            return end;
        }

        /** Some tokens that a smaller slice drafted, and one more. */
        private @Nullable StopReason pass(MatFormerSlice drafting, int count, Sampler sampler) {
            noteSlice();
            AtomicReference<@Nullable StopReason> end = new AtomicReference<>();
            DecoderSession.Choice choice = new DecoderSession.Choice(
                    sampler,
                    this::seen,
                    id -> {
                        end.set(take(id));
                        return end.get() == null;
                    },
                    stopped::get);
            SpeculativePass pass = session.speculate(drafting, count, choice);
            if (pass == null) {
                return StopReason.STOPPED;
            }
            draftLength.after(pass);
            drafts = drafts.plus(pass);
            return end.get();
        }

        /** Appends a chosen token; why the answer ends with it, or null. */
        private @Nullable StopReason take(int id) {
            TokenSequence tokens = session.tokens();
            if (encoder.stops(id)) {
                if (encoder.endsTurn(id)) {
                    tokens.add(id);
                }
                return StopReason.END_OF_TURN;
            }
            tokens.add(id);
            generated++;
            emit(decoder.push(id));
            if (generated == generation.maxTokens()) {
                return StopReason.MAX_TOKENS;
            }
            return tokens.size() == session.contextLimit() ? StopReason.CONTEXT_FULL : null;
        }

        /** An answer that is cut short doesn't end within a character: what goes on chooses all of its tokens again. */
        private void dropUnfinished() {
            int bytes = decoder.dropUnfinished();
            if (bytes > 0) {
                session.truncate(session.tokens().size() - bytes);
                generated -= bytes;
            }
        }

        /** Lets turns leave in the middle of the answer; false where none can. */
        private boolean slide() {
            boolean room = window.slide();
            listener.onWindow(window.left());
            return room;
        }

        private void changeSlice() {
            Wish wish = wanted.get();
            if (wish != null && !session.coming(wish.widest()) && wanted.compareAndSet(wish, null)) {
                wish.take().run();
            }
        }

        /** What the token that is there now took since the one before. */
        private void adapt(long before) {
            MatFormerSlice better = elastic == null ? null : elastic.afterToken((System.nanoTime() - before) / 1e9);
            if (better != null) {
                session.useSlice(better, KvPolicy.KEEP);
            }
        }

        /** Computes what is new. */
        private @Nullable Logits advance(DecoderSession.Progress progress) {
            noteSlice();
            return session.advance(stopped::get, progress);
        }

        /** Notes the slice at work where it is another. */
        private void noteSlice() {
            String reason = elastic == null ? null : elastic.reason();
            SliceUse now = new SliceUse(session.slice(), generated, session.approximate(), reason);
            SliceUse before = slices.isEmpty() ? null : slices.getLast();
            if (before == null || !before.slice().equals(now.slice()) || before.approximate() != now.approximate()) {
                slices.add(now);
                listener.onSlice(now);
            }
        }

        /** What the repetition penalty looks at; nothing where there is none. */
        private int[] seen() {
            return generation.repetitionPenalty() == 1
                    ? new int[0]
                    : session.tokens().ids(0, contextUsed());
        }

        private void emit(String piece) {
            if (!piece.isEmpty()) {
                text.append(piece);
                listener.onText(piece);
            }
        }

        private Answer answer(int promptTokens, StopReason reason) {
            long end = System.nanoTime();
            double decodeSeconds = (end - firstToken) / 1e9;
            return new Answer(
                    text.toString(),
                    promptTokens,
                    generated,
                    (firstToken - start) / 1e9,
                    prefilled / ((firstToken - prefillStart) / 1e9),
                    generated > 1 ? (generated - 1) / decodeSeconds : 0,
                    reason,
                    generation,
                    slices,
                    drafts);
        }
    }
}
