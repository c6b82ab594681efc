package dev.matryoshka.engine;

import dev.matryoshka.engine.config.KvPolicy;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.error.ContextOverflowException;
import dev.matryoshka.engine.generation.DecoderSession;
import dev.matryoshka.engine.generation.TokenSequence;
import dev.matryoshka.engine.tokenizer.StreamingDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/**
 * Asks a model questions in any of its slices, which change live. Pictures and sounds are encoded once for all of them. Choices go by the
 * likelihood of a byte, as {@code acc_norm} of EleutherAI's lm-evaluation-harness; other answers are greedy and must match but for case,
 * spaces and a full stop.
 */
public final class Evaluator implements AutoCloseable {
    private static final int SPARE = 8;

    private final PromptEncoder encoder;
    private final Placement placement;
    private final DecoderSession session;
    private final Map<Question, TokenSequence> prompts = new HashMap<>();
    private BooleanSupplier stop = () -> false;
    private int decoded;
    private long nanos;

    public Evaluator(Gemma3n model) {
        encoder = model.encoder("");
        placement = model.enter();
        try {
            session = model.session(placement, model.slice(), model.contextLimit(), new TokenSequence());
        } catch (RuntimeException | Error e) {
            placement.exit();
            throw e;
        }
    }

    /**
     * Asks one question.
     *
     * @param stop asked before each token
     * @throws CancellationException stopped
     * @throws dev.matryoshka.engine.error.MatryoshkaException the question doesn't fit the model, or the slice doesn't
     */
    public Score score(Question question, MatFormerSlice slice, BooleanSupplier stop) {
        int length = begin(question, slice, stop);
        int begin = session.tokens().size();
        float[] first = first();
        String said = question.isText() ? "" : said(question, first, length);
        double likelihood = logLikelihood(first, begin, ids(question.answer()));
        return new Score(said, matches(said, question.answer()), likelihood, length, decoded, nanos / 1e9);
    }

    /** Makes a question the conversation; returns the tokens of its answer. */
    private int begin(Question question, MatFormerSlice slice, BooleanSupplier stop) {
        this.stop = stop;
        decoded = 0;
        nanos = 0;
        TokenSequence prompt = prompts.computeIfAbsent(question, this::prompt);
        int answer = ids(question.answer()).length;
        if (prompt.size() + answer + SPARE >= session.contextLimit()) {
            throw new ContextOverflowException(
                    "a question takes " + (prompt.size() + answer) + " of " + session.contextLimit() + " tokens",
                    "shorten it, or allow more with --context");
        }
        session.truncate(0);
        session.useSlice(slice, KvPolicy.RECOMPUTE);
        session.tokens().addAll(prompt);
        return answer;
    }

    /** Logits of the answer's first token. */
    private float[] first() {
        return Objects.requireNonNull(session.advance(() -> false, (done, total) -> {}))
                .all();
    }

    /** The logarithm of the right answer's probability alone, without asking: quicker, and smoother than right or wrong. */
    public double logLikelihood(Question question, MatFormerSlice slice, BooleanSupplier stop) {
        begin(question, slice, stop);
        return logLikelihood(first(), session.tokens().size(), ids(question.answer()));
    }

    private TokenSequence prompt(Question question) {
        return question.isText() ? encoder.beginning() : encoder.encode(question.prompt(), new TokenSequence());
    }

    private int[] ids(String text) {
        TokenSequence tokens = encoder.answer(text);
        return tokens.ids(0, tokens.size() - 1); // the end of the turn is no part of it
    }

    private String said(Question question, float[] first, int length) {
        if (question.choices().isEmpty()) {
            return greedy(first, 2 * length + SPARE);
        }
        int begin = session.tokens().size();
        String best = "";
        double most = Double.NEGATIVE_INFINITY;
        for (String choice : question.choices()) {
            double each = logLikelihood(first, begin, ids(choice)) / choice.getBytes(StandardCharsets.UTF_8).length;
            if (each > most) {
                most = each;
                best = choice;
            }
        }
        return best;
    }

    /** The logarithm of a continuation's probability; what was said after the beginning is forgotten. */
    private double logLikelihood(float[] first, int begin, int[] ids) {
        session.truncate(begin);
        float[] logits = first;
        double sum = 0;
        for (int i = 0; i < ids.length; i++) {
            sum += logits[ids[i]] - logSum(logits);
            if (i + 1 < ids.length) {
                logits = next(ids[i]);
            }
        }
        return sum;
    }

    /** log Σ exp. */
    private static double logSum(float[] logits) {
        double most = Double.NEGATIVE_INFINITY;
        for (float each : logits) {
            most = Math.max(most, each);
        }
        double sum = 0;
        for (float each : logits) {
            sum += Math.exp(each - most);
        }
        return most + Math.log(sum);
    }

    private String greedy(float[] first, int longest) {
        StreamingDecoder text = encoder.streamingDecoder();
        StringBuilder said = new StringBuilder();
        int id = largest(first);
        for (int i = 0; i < longest && !encoder.stops(id); i++) {
            said.append(text.push(id));
            id = largest(next(id));
        }
        return said.append(text.flush()).toString();
    }

    private float[] next(int id) {
        if (stop.getAsBoolean()) {
            throw new CancellationException("stopped");
        }
        long begin = System.nanoTime();
        session.tokens().add(id);
        float[] logits = Objects.requireNonNull(session.advance(() -> false, (done, total) -> {}))
                .all();
        nanos += System.nanoTime() - begin;
        decoded++;
        return logits;
    }

    private static int largest(float[] logits) {
        int best = 0;
        for (int i = 1; i < logits.length; i++) {
            best = logits[i] > logits[best] ? i : best;
        }
        return best;
    }

    private static boolean matches(String said, String answer) {
        return plain(said).equals(plain(answer));
    }

    private static String plain(String text) {
        return text.strip().toLowerCase(Locale.ROOT).replaceAll("\\s+", " ").replaceAll("[.!]$", "");
    }

    @Override
    public void close() {
        session.close();
        placement.exit();
    }
}
