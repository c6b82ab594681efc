package dev.matryoshka.engine;

import dev.matryoshka.engine.Answer.StopReason;
import dev.matryoshka.engine.error.ContextOverflowException;
import dev.matryoshka.engine.error.ModelFormatException;
import dev.matryoshka.engine.generation.DecoderSession;
import dev.matryoshka.engine.generation.TokenSequence;
import dev.matryoshka.engine.sampling.Sampler;
import dev.matryoshka.engine.tokenizer.StreamingDecoder;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** The {@link ChatSession} on a decoder session: prompt to tokens, prefill, decode, text. */
final class Conversation implements ChatSession {
    private final PromptEncoder encoder;
    private final DecoderSession session;
    private final AtomicBoolean stopped = new AtomicBoolean();

    Conversation(PromptEncoder encoder, DecoderSession session) {
        this.encoder = encoder;
        this.session = session;
    }

    @Override
    public synchronized Answer send(Prompt prompt, GenerationConfig generation, TokenListener listener) {
        stopped.set(false);
        Turn turn = new Turn(generation, listener);
        int before = session.tokens().size();
        try {
            return turn.run(prompt);
        } catch (InternalError e) { // how the JVM reports a page of a mapping that is gone
            session.truncate(before);
            throw new ModelFormatException(
                    "the model's file was cut off while it was in use", "fetch the model again, then restart", e);
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
        private int generated;

        Turn(GenerationConfig generation, TokenListener listener) {
            this.generation = generation;
            this.listener = listener;
        }

        Answer run(Prompt prompt) {
            TokenSequence tokens = session.tokens();
            int before = tokens.size();
            TokenSequence asked = encoder.encode(prompt, tokens);
            if (before + asked.size() >= session.contextLimit()) {
                throw new ContextOverflowException(
                        "the conversation would take " + (before + asked.size()) + " of " + session.contextLimit()
                                + " tokens",
                        "start a new chat or send less");
            }
            tokens.addAll(asked);
            prefillStart = System.nanoTime();
            int computed = session.computed();
            int total = tokens.size() - computed;
            float[] logits = session.advance(stopped::get, now -> listener.onPrefill(now - computed, total));
            firstToken = System.nanoTime();
            StopReason reason = logits == null ? StopReason.STOPPED : decode(logits);
            emit(decoder.flush());
            return answer(asked.size(), total, reason);
        }

        private StopReason decode(float[] first) {
            TokenSequence tokens = session.tokens();
            Sampler sampler = new Sampler(new Sampler.Settings(
                    generation.temperature(),
                    generation.topK(),
                    generation.topP(),
                    generation.minP(),
                    generation.repetitionPenalty(),
                    generation.seed()));
            float @Nullable [] logits = first;
            while (true) {
                int id = sampler.next(logits, seen());
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
                if (tokens.size() == session.contextLimit()) {
                    return StopReason.CONTEXT_FULL;
                }
                logits = session.advance(stopped::get, now -> {});
                if (logits == null) {
                    return StopReason.STOPPED;
                }
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

        private Answer answer(int promptTokens, int computed, StopReason reason) {
            long end = System.nanoTime();
            double decodeSeconds = (end - firstToken) / 1e9;
            return new Answer(
                    text.toString(),
                    promptTokens,
                    generated,
                    (firstToken - start) / 1e9,
                    computed / ((firstToken - prefillStart) / 1e9),
                    generated > 1 ? (generated - 1) / decodeSeconds : 0,
                    reason,
                    generation.seed());
        }
    }
}
