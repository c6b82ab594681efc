package dev.matryoshka.engine;

import dev.matryoshka.engine.config.KvPolicy;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.error.DeviceException;
import dev.matryoshka.engine.error.InsufficientMemoryException;
import dev.matryoshka.engine.error.MatryoshkaException;
import dev.matryoshka.engine.generation.DecoderSession;
import dev.matryoshka.engine.generation.ElasticController;
import dev.matryoshka.engine.generation.Logits;
import dev.matryoshka.engine.generation.MachineSensors;
import dev.matryoshka.engine.generation.SparingController;
import dev.matryoshka.engine.generation.SpeculativePass;
import dev.matryoshka.engine.generation.TokenSequence;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A decoder session that outlives its device: when that is lost or runs out of memory, the conversation's tokens go to the CPU
 * with the model, where their keys and values are computed again, and the work that failed is done there.
 */
final class PlacedSession implements AutoCloseable {
    private final Gemma3n model;
    private final TokenSequence tokens = new TokenSequence();
    private final int contextLimit;
    private volatile Placement placement;
    private volatile DecoderSession session;
    private TokenListener listener = piece -> {};
    private List<AdapterUse> adapters;

    PlacedSession(Gemma3n model, int contextLimit) {
        this.model = model;
        this.contextLimit = contextLimit;
        adapters = model.adapters();
        placement = model.enter();
        try {
            session = open(placement, model.slice());
        } catch (DeviceException | InsufficientMemoryException e) {
            placement = model.fallBack(placement, e);
            session = open(placement, model.slice());
        }
    }

    /** On a placement that was entered, and is left again where that fails. */
    private DecoderSession open(Placement on, MatFormerSlice slice) {
        try {
            return model.session(on, slice, contextLimit, tokens);
        } catch (RuntimeException | Error e) {
            on.exit();
            throw e;
        }
    }

    /** Who hears of the next failure. */
    void report(TokenListener to) {
        listener = to;
    }

    TokenSequence tokens() {
        return tokens;
    }

    MatFormerSlice slice() {
        return session.slice();
    }

    boolean approximate() {
        return session.approximate();
    }

    void check(MatFormerSlice slice) {
        session.check(slice);
    }

    ElasticController elastic(MatFormerSlice widest, double tokensPerSecond, boolean exact) {
        return session.elastic(widest, tokensPerSecond, exact);
    }

    /** Has the device get what a slice needs; from any thread. */
    void include(MatFormerSlice slice) {
        placement.residency().include(slice);
    }

    /** Whether that is on its way. */
    boolean coming(MatFormerSlice slice) {
        return !slice.equals(held(slice))
                && slice.within(placement.decoder().layers().wanted());
    }

    /** See {@link DecoderSession#held}. */
    MatFormerSlice held(MatFormerSlice slice) {
        return session.held(slice);
    }

    /** See {@link DecoderSession#sparing}. */
    SparingController sparing(MatFormerSlice widest, boolean exact) {
        return session.sparing(widest, new MachineSensors(Path.of("/")), exact);
    }

    /** The largest elastic size up to one that takes no more memory; from any thread. */
    MatFormerSlice largest(MatFormerSlice widest, Elastic.DeviceMemory target) {
        return model.largest(placement, widest, target);
    }

    /** Has the device keep nothing but what a slice needs. */
    void keepOnly(MatFormerSlice slice) {
        if (!placement.onCpu()) {
            placement.residency().want(slice);
        }
    }

    /** See {@link DecoderSession#useSlice}; of a slice that is not held, as much as is. */
    void useSlice(MatFormerSlice slice, KvPolicy policy) {
        try {
            session.useSlice(session.held(slice), policy);
        } catch (DeviceException | InsufficientMemoryException e) {
            move(e);
            session.useSlice(slice, policy);
        }
    }

    int contextLimit() {
        return session.contextLimit();
    }

    void truncate(int size) {
        session.truncate(size);
    }

    /** See {@link DecoderSession#advance}. */
    @Nullable
    Logits advance(BooleanSupplier stop, DecoderSession.Progress progress) {
        model.requireWhole();
        try {
            boolean _ = adapt();
            return session.advance(stop, progress);
        } catch (DeviceException | InsufficientMemoryException e) {
            move(e);
            return session.advance(stop, progress);
        }
    }

    /** Chooses the next token by logits, which may still be with the device. */
    int choose(Logits logits, ToIntFunction<Logits> choice) {
        try {
            return choice.applyAsInt(logits);
        } catch (DeviceException | InsufficientMemoryException e) {
            move(e);
            Logits again = session.advance(() -> false, (done, total) -> {});
            return choice.applyAsInt(Objects.requireNonNull(again));
        }
    }

    /** Takes up the adapters that the model goes on with; whether they are others than before. */
    private boolean adapt() {
        List<AdapterUse> wanted = model.adapters();
        if (wanted.equals(adapters)) {
            return false;
        }
        session.useAdapters(placement.adapters(wanted));
        adapters = wanted;
        return true;
    }

    /** See {@link DecoderSession#room}. */
    int room(MatFormerSlice draft) {
        return session.room(draft);
    }

    boolean drafts(MatFormerSlice slice) {
        return session.drafts(slice);
    }

    MatFormerSlice smallest() {
        return session.smallest();
    }

    /** See {@link DecoderSession#speculate}; nothing comes of a pass in which the device fails. */
    @Nullable
    SpeculativePass speculate(MatFormerSlice draft, int count, DecoderSession.Choice choice) {
        model.requireWhole();
        try {
            return adapt() ? SpeculativePass.NONE : session.speculate(draft, count, choice);
        } catch (DeviceException | InsufficientMemoryException e) {
            move(e);
            return SpeculativePass.NONE;
        }
    }

    /** Makes tokens of a prompt, by the towers of the device. */
    TokenSequence encode(Supplier<TokenSequence> encoder) {
        model.requireWhole();
        try {
            return encoder.get();
        } catch (DeviceException | InsufficientMemoryException e) {
            move(e);
            return encoder.get();
        }
    }

    private void move(MatryoshkaException cause) {
        Placement to = model.fallBack(placement, cause);
        DecoderSession moved = open(to, session.slice());
        close();
        placement = to;
        session = moved;
        listener.onFallback(model.info());
    }

    @Override
    public void close() {
        session.close();
        placement.exit();
    }
}
