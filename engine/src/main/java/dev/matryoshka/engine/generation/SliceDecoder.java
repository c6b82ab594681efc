package dev.matryoshka.engine.generation;

import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.backend.Program;
import dev.matryoshka.engine.backend.StepParams;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.text.Adaptation;
import dev.matryoshka.engine.text.Decoder;
import dev.matryoshka.engine.text.Decoder.Output;
import dev.matryoshka.engine.text.InputEmbedder;
import dev.matryoshka.engine.text.PerLayerEmbeddings;
import dev.matryoshka.engine.text.StepBuffers;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The decoder's steps in one slice over a conversation's keys and values. Its programs are recorded when first needed:
 * other views of the weights that are loaded, nothing moves.
 */
final class SliceDecoder implements AutoCloseable {
    private final Backend backend;
    private final Decoder decoder;
    private final InputEmbedder embedder;
    private final PerLayerEmbeddings perLayer;
    private final MatFormerSlice slice;
    private final KvState kv;
    private final Adaptation adaptation;
    private final Map<Key, Program> programs = new HashMap<>();
    private long version;
    private @Nullable Ahead ahead;

    /** What a program is recorded over and for. */
    private record Key(StepBuffers buffers, Output output) {}

    /** Rows of the per-layer table that are gathered while the device works: a cold one is read from the disk. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Ahead(int[] ids, CompletableFuture<float[]> rows) {}

    /**
     * @param kv outlives this
     */
    SliceDecoder(
            Backend backend,
            Decoder decoder,
            InputEmbedder embedder,
            MatFormerSlice slice,
            KvState kv,
            Adaptation adaptation) {
        this.backend = backend;
        this.decoder = decoder;
        this.embedder = embedder;
        this.slice = slice;
        this.kv = kv;
        this.adaptation = adaptation;
        perLayer = decoder.perLayerEmbeddings();
    }

    MatFormerSlice slice() {
        return slice;
    }

    KvState kv() {
        return kv;
    }

    /** Whether it reads keys and values that are not exactly its own. */
    boolean approximate() {
        return kv.exact(slice) < kv.computed();
    }

    /** The same conversation in another slice. */
    SliceDecoder with(MatFormerSlice other, KvState otherKv) {
        return new SliceDecoder(backend, decoder, embedder, other, otherKv, adaptation);
    }

    /** The same with other adapters; what keys and values they are to it is the caller's to know. */
    SliceDecoder with(Adaptation other) {
        return new SliceDecoder(backend, decoder, embedder, slice, kv, other);
    }

    /** The program of a step, recorded now if it is the first since layers were exchanged, which are entered. */
    Program program(StepBuffers buffers, Output output) {
        if (version != decoder.layers().version()) {
            closePrograms();
            version = decoder.layers().version();
        }
        return programs.computeIfAbsent(
                new Key(buffers, output),
                key -> backend.record(
                        slice.name() + " " + output,
                        ops -> decoder.record(
                                ops,
                                buffers,
                                kv.cache(),
                                slice,
                                adaptation,
                                output,
                                (recorder, layer, streams) -> {})));
    }

    /** Computes the next {@code count} tokens that have no keys and values yet, by layers that are entered. */
    void step(TokenSequence tokens, int count, StepBuffers buffers, Output output) {
        int from = kv.computed();
        Program program = program(buffers, output);
        try {
            backend.write(buffers.embeddings(), tokens.embeddings(embedder, from, from + count));
            backend.write(buffers.tokenPerLayer(), perLayerRows(tokens.ids(from, from + count)));
            gatherAhead(tokens.ids(from + count, Math.min(from + 2 * count, tokens.size())));
            program.run(new StepParams(from, count));
        } catch (RuntimeException | Error e) { // rings may hold half a step
            kv.clear();
            throw e;
        }
        kv.add(count, slice);
    }

    private float[] perLayerRows(int[] ids) {
        Ahead gathered = ahead;
        ahead = null;
        if (gathered != null) {
            float[] rows = gathered.rows().exceptionally(failure -> null).join(); // gathering again says why
            if (rows != null && Arrays.equals(ids, gathered.ids())) {
                return rows;
            }
        }
        return perLayer.gather(ids);
    }

    private void gatherAhead(int[] ids) {
        ahead = ids.length == 0 ? null : new Ahead(ids, CompletableFuture.supplyAsync(() -> perLayer.gather(ids)));
    }

    /** Closes the programs; the keys and values stay. */
    @Override
    public void close() {
        if (ahead != null) {
            ahead.rows().exceptionally(failure -> null).join(); // the table's mapping may be closed next
        }
        closePrograms();
    }

    private void closePrograms() {
        programs.values().forEach(Program::close);
        programs.clear();
    }
}
