package dev.matryoshka.engine;

import dev.matryoshka.engine.Answer.SliceUse;
import dev.matryoshka.engine.Answer.StopReason;
import dev.matryoshka.engine.config.KvPolicy;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.error.ContextOverflowException;
import dev.matryoshka.engine.generation.DecoderSession;
import dev.matryoshka.engine.generation.DraftLength;
import dev.matryoshka.engine.generation.ElasticController;
import dev.matryoshka.engine.generation.Logits;
import dev.matryoshka.engine.generation.SpeculativePass;
import dev.matryoshka.engine.generation.TokenSequence;
import dev.matryoshka.engine.sampling.Sampler;
import dev.matryoshka.engine.tokenizer.StreamingDecoder;
import dev.matryoshka.engine.weights.MappedFile;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The {@link ChatSession} on a placed session: prompt to tokens, prefill, decode, text. */
final class Conversation implements ChatSession {
    private final PromptEncoder encoder;
    private final PlacedSession session;
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final AtomicReference<@Nullable Runnable> wanted = new AtomicReference<>(); // waits for the next token
    private @Nullable ElasticController elastic;
    private final DraftLength draftLength = new DraftLength();
    private volatile @Nullable MatFormerSlice draft;
    private final List<Held> turns = new ArrayList<>();
    private List<Exchange> earlier = List.of(); // turns whose tokens are still to come

    /**
     * A turn that is computed.
     *
     * @param begin its first token
     */
    private record Held(int begin, Exchange exchange) {}

    Conversation(PromptEncoder encoder, PlacedSession session) {
        this.encoder = encoder;
        this.session = session;
    }

    @Override
    public synchronized Answer send(Prompt prompt, GenerationConfig generation, TokenListener listener) {
        stopped.set(false);
        session.report(listener);
        Turn turn = new Turn(generation, listener);
        int before = session.tokens().size();
        try {
            Answer answer = turn.run(prompt);
            turns.addAll(turn.resumed);
            turns.add(new Held(turn.begin, new Exchange(prompt, answer.text())));
            earlier = List.of();
            return answer;
        } catch (InternalError e) { // how the JVM reports a page of a mapping that is gone
            session.truncate(before);
            throw MappedFile.cutOff(e);
        } catch (RuntimeException | Error e) {
            session.truncate(before);
            throw e;
        }
    }

    @Override
    public void stop() {
        stopped.set(true);
    }

    @Override
    public void useSlice(MatFormerSlice slice, KvPolicy policy) {
        session.check(slice);
        wanted.set(() -> {
            elastic = null;
            session.useSlice(slice, policy);
        });
    }

    @Override
    public void useElastic(MatFormerSlice widest, Elastic target) {
        session.check(widest);
        wanted.set(() -> {
            elastic = session.elastic(widest, target.tokensPerSecond(), target.exact());
            session.useSlice(widest, KvPolicy.KEEP);
        });
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
        if (!turns.isEmpty()) {
            session.truncate(turns.removeLast().begin());
        }
    }

    @Override
    public synchronized void resume(List<Exchange> exchanges) {
        int same = 0;
        while (same < Math.min(turns.size(), exchanges.size())
                && turns.get(same).exchange().equals(exchanges.get(same))) {
            same++;
        }
        if (same < turns.size()) {
            session.truncate(turns.get(same).begin());
            turns.subList(same, turns.size()).clear();
        }
        earlier = List.copyOf(exchanges.subList(same, exchanges.size()));
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

    /** One question and its answer. */
    private final class Turn {
        private final GenerationConfig generation;
        private final TokenListener listener;
        private final long start = System.nanoTime();
        private final StringBuilder text = new StringBuilder();
        private final StreamingDecoder decoder = encoder.streamingDecoder();
        private long prefillStart;
        private long firstToken;
        private final List<SliceUse> slices = new ArrayList<>();
        private Answer.Drafts drafts = Answer.Drafts.NONE;
        private final List<Held> resumed = new ArrayList<>(); // turns before this one that are computed with it
        private int begin;
        private int prefilled;
        private int generated;

        Turn(GenerationConfig generation, TokenListener listener) {
            this.generation = generation;
            this.listener = listener;
        }

        Answer run(Prompt prompt) {
            TokenSequence tokens = session.tokens();
            int before = tokens.size();
            for (Exchange turn : earlier) {
                resumed.add(new Held(tokens.size(), turn));
                tokens.addAll(session.encode(() -> encoder.encode(turn.prompt(), tokens)));
                tokens.addAll(encoder.answer(turn.answer()));
            }
            begin = tokens.size();
            TokenSequence asked = session.encode(() -> encoder.encode(prompt, tokens));
            if (tokens.size() + asked.size() >= session.contextLimit()) {
                throw new ContextOverflowException(
                        "the conversation would take " + (tokens.size() + asked.size()) + " of "
                                + session.contextLimit() + " tokens",
                        "start a new chat or send less");
            }
            tokens.addAll(asked);
            int promptTokens = tokens.size() - before;
            prefillStart = System.nanoTime();
            changeSlice();
            Logits logits = advance((done, total) -> {
                prefilled = done;
                listener.onPrefill(done, total);
            });
            firstToken = System.nanoTime();
            StopReason reason = logits == null ? StopReason.STOPPED : decode(logits);
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
            StopReason end = take(session.choose(first, l -> sampler.next(l, seen())));
            while (end == null) {
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

        private void changeSlice() {
            Runnable change = wanted.getAndSet(null);
            if (change != null) {
                change.run();
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
            SliceUse now = new SliceUse(session.slice(), generated, session.approximate());
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
