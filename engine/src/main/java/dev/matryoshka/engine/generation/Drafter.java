package dev.matryoshka.engine.generation;

import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.backend.Workspace;
import dev.matryoshka.engine.config.KvReuse;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.config.TextConfig;
import dev.matryoshka.engine.sampling.Draft;
import dev.matryoshka.engine.text.Decoder.Output;
import dev.matryoshka.engine.text.StepBuffers;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Speculative decoding (Leviathan, Kalman and Matias, 2023) by one set of weights: a small slice drafts tokens one by one,
 * then a large one computes all of them in one step. There is one cache: drafts read the large slice's keys and values and
 * put their own behind them, where the large slice's step writes over them.
 */
final class Drafter implements AutoCloseable {
    /** Most tokens that are drafted for one step. */
    static final int MOST = 8;

    private final Backend backend;
    private final SliceDecoder large;
    private final SliceDecoder small;
    private final StepBuffers single;
    private final Workspace workspace;
    private final StepBuffers several;

    /**
     * @param large verifies; with the keys and values of both; outlives this
     * @param single memory of a step of one token
     */
    Drafter(Backend backend, TextConfig config, SliceDecoder large, MatFormerSlice small, StepBuffers single) {
        this.backend = backend;
        this.large = large;
        this.small = large.with(small, large.kv());
        this.single = single;
        workspace = backend.workspace("activations");
        try {
            several = new StepBuffers(workspace, config, MOST + 1, MOST + 1);
        } catch (RuntimeException | Error e) {
            workspace.close();
            throw e;
        }
    }

    /** Whether a slice can draft for another: it costs less and can read its keys and values. */
    static boolean possible(MatFormerSlice small, MatFormerSlice large, TextConfig config) {
        return small.reuse(large, config) != KvReuse.NONE
                && SliceLadder.cost(config, small) < SliceLadder.cost(config, large);
    }

    boolean is(SliceDecoder verifier, MatFormerSlice drafts) {
        return large == verifier && small.slice().equals(drafts);
    }

    /**
     * Goes on from tokens of which all but the last are computed.
     *
     * @param count tokens to draft, 1 to {@link #MOST}, at most what the context and a step have room for
     * @return null if it was stopped before a token was chosen
     */
    @Nullable
    SpeculativePass run(TokenSequence tokens, int count, DecoderSession.Choice choice) {
        long start = System.nanoTime();
        List<Draft> drafts = draft(tokens, count, choice);
        if (choice.stop().getAsBoolean()) {
            return null;
        }
        long drafted = System.nanoTime();
        verify(tokens, drafts);
        int accepted = choose(tokens, drafts, choice);
        return new SpeculativePass(count, accepted, (drafted - start) / 1e9, (System.nanoTime() - drafted) / 1e9);
    }

    private List<Draft> draft(TokenSequence tokens, int count, DecoderSession.Choice choice) {
        int size = tokens.size();
        List<Draft> drafts = new ArrayList<>();
        try {
            while (drafts.size() < count && !choice.stop().getAsBoolean()) {
                small.step(tokens, 1, single, Output.LAST_TOKEN);
                Logits logits = new Logits(backend, single.logits(), single.maxima());
                drafts.add(choice.sampler().draft(logits, choice.seen().get()));
                tokens.add(drafts.getLast().id());
            }
        } finally {
            tokens.truncate(size);
            large.kv().truncate(size - 1);
        }
        return drafts;
    }

    /** Logits of every draft and of the token before them; keys and values stay ahead of the tokens. */
    private void verify(TokenSequence tokens, List<Draft> drafts) {
        int size = tokens.size();
        try {
            drafts.forEach(draft -> tokens.add(draft.id()));
            large.step(tokens, drafts.size() + 1, several, Output.EVERY_TOKEN);
        } finally {
            tokens.truncate(size);
        }
    }

    /** Hands out drafts as long as they are accepted, and one token more. */
    private int choose(TokenSequence tokens, List<Draft> drafts, DecoderSession.Choice choice) {
        int size = tokens.size();
        int accepted = 0;
        try {
            boolean more = true;
            for (int i = 0; more && i <= drafts.size(); i++) {
                Logits logits = new Logits(
                        backend, several.logits().rows(i, 1), several.maxima().rows(i, 1));
                Draft draft = i < drafts.size() ? drafts.get(i) : null;
                int[] seen = choice.seen().get();
                int id = draft == null
                        ? choice.sampler().next(logits, seen)
                        : choice.sampler().verify(draft, logits, seen);
                boolean right = draft != null && id == draft.id();
                accepted += right ? 1 : 0;
                more = choice.take().test(id) && right;
            }
        } finally { // of the token that replaced a draft, and of drafts that nobody wanted, nothing is computed
            large.kv().truncate(Math.min(size + accepted, tokens.size()));
        }
        return accepted;
    }

    @Override
    public void close() {
        small.close();
        workspace.close();
    }
}
