package dev.matryoshka.engine.generation;

import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.backend.Workspace;
import dev.matryoshka.engine.cache.KvCache;
import dev.matryoshka.engine.config.KvPolicy;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.sampling.Sampler;
import dev.matryoshka.engine.text.Adaptation;
import dev.matryoshka.engine.text.Decoder;
import dev.matryoshka.engine.text.Decoder.Output;
import dev.matryoshka.engine.text.InputEmbedder;
import dev.matryoshka.engine.text.ResidentLayers;
import dev.matryoshka.engine.text.StepBuffers;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.IntPredicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A conversation's tokens and how far their keys and values are computed. Tokens are appended, then {@link #advance}
 * computes those that are new: in chunks while there are many, one at a time while decoding, by the same programs. The
 * slice can change between two calls.
 */
public final class DecoderSession implements AutoCloseable {
    private final Backend backend;
    private final Decoder decoder;
    private final int contextLimit;
    private final int chunkSize;
    private final Workspace workspace;
    private final StepBuffers chunk;
    private final StepBuffers single;
    private final TokenSequence tokens;
    private @Nullable Workspace adapted; // what adapters compute in; null without any
    private SliceDecoder current;
    private @Nullable SliceDecoder next; // with keys and values of its own, until they have caught up
    private @Nullable Drafter drafter; // for the current one

    /** Hears how a prompt is computed. */
    @FunctionalInterface
    public interface Progress {
        /**
         * @param done tokens computed by this call so far
         * @param total tokens that it computes
         */
        void onStep(int done, int total);
    }

    /**
     * Who chooses tokens and who takes them.
     *
     * @param seen tokens so far, for the sampler's penalty; asked before each choice
     * @param take appends a chosen token, in order; false ends the pass
     * @param stop asked before each step
     */
    public record Choice(Sampler sampler, Supplier<int[]> seen, IntPredicate take, BooleanSupplier stop) {}

    public DecoderSession(
            Backend backend, Decoder decoder, InputEmbedder embedder, MatFormerSlice slice, int contextLimit) {
        this(backend, decoder, embedder, slice, contextLimit, new TokenSequence());
    }

    /** A session that goes on from tokens of which nothing is computed here. */
    public DecoderSession(
            Backend backend,
            Decoder decoder,
            InputEmbedder embedder,
            MatFormerSlice slice,
            int contextLimit,
            TokenSequence tokens) {
        this.tokens = tokens;
        this.backend = backend;
        this.decoder = decoder;
        this.contextLimit = contextLimit;
        chunkSize = Math.min(backend.chunk(), contextLimit);
        current = new SliceDecoder(backend, decoder, embedder, slice, emptyKv(), Adaptation.NONE);
        workspace = backend.workspace("activations");
        try {
            chunk = new StepBuffers(workspace, decoder.config(), chunkSize, 1);
            single = new StepBuffers(workspace, decoder.config(), 1, 1);
        } catch (RuntimeException | Error e) {
            workspace.close();
            drop(current);
            throw e;
        }
    }

    private KvState emptyKv() {
        return new KvState(
                decoder.config(), new KvCache(backend, decoder.config(), contextLimit, chunkSize), chunkSize);
    }

    /** Everything said so far, computed or not; append to it before {@link #advance}. */
    public TokenSequence tokens() {
        return tokens;
    }

    /** Tokens whose keys and values are in the cache. */
    public int computed() {
        return current.kv().computed();
    }

    /** Tokens the conversation can hold. */
    public int contextLimit() {
        return contextLimit;
    }

    /** The slice that computes the next token. */
    public MatFormerSlice slice() {
        return current.slice();
    }

    /** Whether it reads keys and values that another slice computed otherwise than it would have. */
    public boolean approximate() {
        return current.approximate();
    }

    /** Bytes that the device reads to decode the token at a position. */
    public long bytesRead(int position) {
        return decoder.bytesRead(
                slice(), backend.skipsSparseRows(), current.kv().cache(), position);
    }

    /**
     * Checks that {@link #useSlice} would take a slice; from any thread.
     *
     * @throws dev.matryoshka.engine.error.InvalidSliceException the model can't run it
     */
    public void check(MatFormerSlice slice) {
        decoder.check(slice);
    }

    /**
     * Goes on with another slice. Nothing is loaded; the program that decodes a token is recorded.
     *
     * @param policy what becomes of keys and values that are not exactly those of {@code slice}
     * @throws dev.matryoshka.engine.error.InvalidSliceException the model can't run it, or the device doesn't hold it
     */
    public void useSlice(MatFormerSlice slice, KvPolicy policy) {
        decoder.check(slice);
        try (ResidentLayers.Entered _ = decoder.layers().entered()) {
            decoder.layers().require(slice);
            change(slice, policy);
        }
    }

    /** As much of a slice as the device holds and keeps; from any thread. */
    public MatFormerSlice held(MatFormerSlice slice) {
        return slice.common(decoder.layers().limit());
    }

    /** Comes down to what the device holds, by layers that are entered. */
    private void stayWithin() {
        if (next != null && !next.slice().equals(held(next.slice()))) {
            drop(next);
            next = null;
        }
        MatFormerSlice held = held(slice());
        if (!held.equals(slice())) {
            change(held, KvPolicy.KEEP);
        }
    }

    private void change(MatFormerSlice slice, KvPolicy policy) {
        drop(next);
        next = null;
        KvState kv = current.kv();
        int exact = kv.exact(slice);
        if (exact < kv.computed() && !(policy == KvPolicy.KEEP && kv.readable(slice))) {
            if (policy == KvPolicy.BACKGROUND) {
                next = current.with(slice, emptyKv());
                return;
            }
            kv.truncate(exact);
        }
        if (!slice.equals(current.slice())) {
            endDrafts();
            current.close();
            current = current.with(slice, kv);
        }
        current.program(single, Output.LAST_TOKEN);
    }

    /**
     * Goes on with other adapters, which nothing computed so far knows of: the conversation is computed again at the next {@link
     * #advance}. They are recorded, not merged, so that the weights stay as they are stored.
     *
     * @param uses none for the model as it is
     */
    public void useAdapters(List<Adaptation.Use> uses) {
        endDrafts();
        drop(next);
        next = null;
        current.close();
        current.kv().clear();
        if (adapted != null) {
            adapted.close();
            adapted = null;
        }
        Adaptation adaptation = Adaptation.NONE;
        if (!uses.isEmpty()) {
            adapted = backend.workspace("activations");
            adaptation = Adaptation.of(uses, decoder.config(), adapted, chunkSize);
        }
        current = current.with(adaptation);
    }

    /**
     * Most tokens that a slice can draft now, see {@link #speculate}; 0 where it can't: while another one catches up, while more
     * than the last token is to be computed, when the context is full.
     */
    public int room(MatFormerSlice draft) {
        boolean ready = next == null
                && tokens.size() - computed() == 1
                && draft.within(decoder.layers().limit());
        return ready && drafts(draft)
                ? Math.min(Drafter.MOST, Math.min(chunkSize - 1, contextLimit - tokens.size()))
                : 0;
    }

    /** Whether a slice can draft for the one at work: it costs less and can read its keys and values. */
    public boolean drafts(MatFormerSlice draft) {
        return Drafter.possible(draft, slice(), decoder.config());
    }

    /** The smallest slice that is worth drafting with: the last one that elastic decoding would go down to. */
    public MatFormerSlice smallest() {
        return SliceLadder.below(slice(), decoder.config(), false).getLast().slice();
    }

    /**
     * Speculative decoding: a smaller slice drafts tokens, the slice at work computes them all in one step. What is chosen is
     * what it would have chosen by {@link #advance}, as far as sums in another order allow.
     *
     * @param count tokens to draft, 1 to {@link #room}
     * @return null if stopped before a token was chosen
     */
    public @Nullable SpeculativePass speculate(MatFormerSlice draft, int count, Choice choice) {
        try (ResidentLayers.Entered _ = decoder.layers().entered()) {
            stayWithin();
            if (room(draft) < count) { // layers have gone meanwhile
                return SpeculativePass.NONE;
            }
            if (drafter == null || !drafter.is(current, draft)) {
                endDrafts();
                drafter = new Drafter(backend, decoder.config(), current, draft, single);
            }
            return drafter.run(tokens, count, choice);
        }
    }

    private void endDrafts() {
        if (drafter != null) {
            drafter.close();
            drafter = null;
        }
    }

    /** What keeps a speed with slices up to a given one. */
    public ElasticController elastic(MatFormerSlice widest, double tokensPerSecond, boolean exact) {
        return new ElasticController(decoder.config(), widest, tokensPerSecond, exact);
    }

    /** What spares a machine with slices up to a given one. */
    public SparingController sparing(MatFormerSlice widest, MachineSensors sensors, boolean exact) {
        MatFormerSlice smallest =
                SliceLadder.below(widest, decoder.config(), exact).getLast().slice();
        return new SparingController(widest, smallest, sensors, System::nanoTime);
    }

    /**
     * Drops everything from a position on. Rings of local layers forget what lies further back than a chunk; then the
     * whole conversation is computed again at the next {@link #advance}.
     */
    public void truncate(int size) {
        tokens.truncate(size);
        current.kv().truncate(size);
        if (next != null) {
            next.kv().truncate(size);
        }
    }

    /**
     * Computes every token that is not computed yet.
     *
     * @param stop asked before each step
     * @param progress hears after each step how many of them are done
     * @return logits after the last token, good until the next step, or null if stopped
     */
    public @Nullable Logits advance(BooleanSupplier stop, Progress progress) {
        if (computed() == tokens.size()) {
            current.kv().truncate(computed() - 1); // its logits are asked for again
        }
        if (next != null && tokens.size() - computed() > 1) {
            adopt(next); // many are to be computed anyway
        }
        int before = computed();
        while (true) {
            if (stop.getAsBoolean()) {
                return null;
            }
            StepBuffers logits = step();
            before = Math.min(before, computed());
            progress.onStep(computed() - before, tokens.size() - before);
            if (logits != null) {
                return new Logits(backend, logits.logits(), logits.maxima());
            }
        }
    }

    /** A chunk, or the last token; returns where the logits of the last one are. */
    private @Nullable StepBuffers step() {
        try (ResidentLayers.Entered _ = decoder.layers().entered()) {
            stayWithin();
            int count = Math.min(chunkSize, tokens.size() - computed());
            boolean last = computed() + count == tokens.size();
            StepBuffers buffers = count == 1 ? single : chunk;
            current.step(tokens, count, buffers, last ? Output.LAST_TOKEN : Output.CACHE_ONLY);
            if (last && next != null) {
                catchUp(next);
            }
            return last ? buffers : null;
        }
    }

    /** One step for each decoded token, as long as steps are: on the CPU a short one costs nearly as much. */
    private void catchUp(SliceDecoder behind) {
        int count = Math.min(chunkSize, computed() - behind.kv().computed());
        behind.step(tokens, count, chunk, Output.CACHE_ONLY);
        if (behind.kv().computed() == computed()) {
            adopt(behind);
        }
    }

    private void adopt(SliceDecoder ready) {
        endDrafts();
        drop(current);
        current = ready;
        next = null;
    }

    private static void drop(@Nullable SliceDecoder slice) {
        if (slice != null) {
            slice.close();
            slice.kv().close();
        }
    }

    @Override
    public void close() {
        endDrafts();
        drop(next);
        drop(current);
        workspace.close();
        if (adapted != null) {
            adapted.close();
        }
    }
}
