package dev.matryoshka.engine.generation;

import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.backend.Program;
import dev.matryoshka.engine.backend.StepParams;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.text.Decoder;
import dev.matryoshka.engine.text.Decoder.Output;
import dev.matryoshka.engine.text.InputEmbedder;
import dev.matryoshka.engine.text.PerLayerEmbeddings;
import dev.matryoshka.engine.text.StepBuffers;
import java.util.HashMap;
import java.util.Map;

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
    private final Map<Key, Program> programs = new HashMap<>();

    /** What a program is recorded over and for. */
    private record Key(StepBuffers buffers, Output output) {}

    /**
     * @param kv outlives this
     */
    SliceDecoder(Backend backend, Decoder decoder, InputEmbedder embedder, MatFormerSlice slice, KvState kv) {
        this.backend = backend;
        this.decoder = decoder;
        this.embedder = embedder;
        this.slice = slice;
        this.kv = kv;
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
        return new SliceDecoder(backend, decoder, embedder, other, otherKv);
    }

    /** The program of a step, recorded now if it is the first. */
    Program program(StepBuffers buffers, Output output) {
        return programs.computeIfAbsent(
                new Key(buffers, output),
                key -> backend.record(
                        slice.name() + " " + output,
                        ops -> decoder.record(
                                ops, buffers, kv.cache(), slice, output, (recorder, layer, streams) -> {})));
    }

    /** Computes the next {@code count} tokens that have no keys and values yet. */
    void step(TokenSequence tokens, int count, StepBuffers buffers, Output output) {
        int from = kv.computed();
        Program program = program(buffers, output);
        try {
            backend.write(buffers.embeddings(), tokens.embeddings(embedder, from, from + count));
            backend.write(buffers.tokenPerLayer(), perLayer.gather(tokens.ids(from, from + count)));
            program.run(new StepParams(from, count));
        } catch (RuntimeException | Error e) { // rings may hold half a step
            kv.clear();
            throw e;
        }
        kv.add(count, slice);
    }

    /** Closes the programs; the keys and values stay. */
    @Override
    public void close() {
        programs.values().forEach(Program::close);
        programs.clear();
    }
}
