package dev.matryoshka.engine.generation;

import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.backend.Program;
import dev.matryoshka.engine.backend.StepParams;
import dev.matryoshka.engine.backend.Workspace;
import dev.matryoshka.engine.cache.KvCache;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.text.Decoder;
import dev.matryoshka.engine.text.Decoder.Output;
import dev.matryoshka.engine.text.InputEmbedder;
import dev.matryoshka.engine.text.PerLayerEmbeddings;
import dev.matryoshka.engine.text.StepBuffers;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A conversation's tokens and how far their keys and values are computed. Tokens are appended, then {@link #advance}
 * computes those that are new: in chunks while there are many, one at a time while decoding, by the same programs.
 */
public final class DecoderSession implements AutoCloseable {
    /** Tokens of a prefill step: enough for matrix products to pay, few enough for a prompt stop. */
    public static final int CHUNK = 64;

    private final Backend backend;
    private final Decoder decoder;
    private final InputEmbedder embedder;
    private final PerLayerEmbeddings perLayer;
    private final MatFormerSlice slice;
    private final KvCache cache;
    private final Workspace workspace;
    private final Phase chunk;
    private final Phase single;
    private final TokenSequence tokens = new TokenSequence();
    private int computed;

    /** Buffers of one step size and the programs recorded over them. */
    private record Phase(StepBuffers buffers, Map<Output, Program> programs) {}

    public DecoderSession(
            Backend backend, Decoder decoder, InputEmbedder embedder, MatFormerSlice slice, int contextLimit) {
        this.backend = backend;
        this.decoder = decoder;
        this.embedder = embedder;
        this.slice = slice;
        perLayer = decoder.perLayerEmbeddings();
        cache = new KvCache(backend, decoder.config(), contextLimit, CHUNK);
        workspace = backend.workspace("activations");
        chunk = new Phase(new StepBuffers(workspace, decoder.config(), CHUNK, 1), new EnumMap<>(Output.class));
        single = new Phase(new StepBuffers(workspace, decoder.config(), 1, 1), new EnumMap<>(Output.class));
    }

    /** Everything said so far, computed or not; append to it before {@link #advance}. */
    public TokenSequence tokens() {
        return tokens;
    }

    /** Tokens whose keys and values are in the cache. */
    public int computed() {
        return computed;
    }

    /** Tokens the conversation can hold. */
    public int contextLimit() {
        return cache.contextLimit();
    }

    /** Bytes that the device reads to decode the token at a position. */
    public long bytesRead(int position) {
        return decoder.bytesRead(slice, backend.skipsSparseRows(), cache, position);
    }

    /**
     * Drops everything from a position on. Rings of local layers forget what lies further back than a chunk; then the
     * whole conversation is computed again at the next {@link #advance}.
     */
    public void truncate(int size) {
        tokens.truncate(size);
        if (computed > size) {
            computed = computed - size <= CHUNK ? size : 0;
        }
    }

    /**
     * Computes every token that is not computed yet.
     *
     * @param stop asked before each step
     * @param progress hears the number of computed tokens after each step
     * @return logits after the last token, [vocabulary], or null if stopped
     */
    public float @Nullable [] advance(BooleanSupplier stop, IntConsumer progress) {
        if (computed == tokens.size()) {
            computed--; // its logits are asked for again
        }
        while (true) {
            if (stop.getAsBoolean()) {
                return null;
            }
            int count = Math.min(CHUNK, tokens.size() - computed);
            boolean last = computed + count == tokens.size();
            Phase phase = count == 1 ? single : chunk;
            try {
                step(phase, last ? Output.LAST_TOKEN : Output.CACHE_ONLY, count);
            } catch (RuntimeException | Error e) { // rings may hold half a step
                computed = 0;
                throw e;
            }
            computed += count;
            progress.accept(computed);
            if (last) {
                float[] logits = new float[decoder.config().vocabSize()];
                backend.read(phase.buffers().logits(), logits);
                return logits;
            }
        }
    }

    private void step(Phase phase, Output output, int count) {
        Program program = phase.programs()
                .computeIfAbsent(
                        output,
                        o -> backend.record(
                                slice.name() + " " + o,
                                ops -> decoder.record(
                                        ops, phase.buffers(), cache, slice, o, (recorder, layer, streams) -> {})));
        int[] ids = tokens.ids(computed, computed + count);
        backend.write(phase.buffers().embeddings(), tokens.embeddings(embedder, computed, computed + count));
        backend.write(phase.buffers().tokenPerLayer(), perLayer.gather(ids));
        program.run(new StepParams(computed, count));
    }

    @Override
    public void close() {
        for (Phase phase : new Phase[] {chunk, single}) {
            phase.programs().values().forEach(Program::close);
        }
        workspace.close();
        cache.close();
    }
}
