package dev.matryoshka.engine.generation;

import dev.matryoshka.engine.cache.KvCache;
import dev.matryoshka.engine.config.KvReuse;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.config.TextConfig;
import java.util.ArrayList;
import java.util.List;

/** A conversation's keys and values: how far they are computed, and which slices did it. */
final class KvState implements AutoCloseable {
    private final TextConfig config;
    private final KvCache cache;
    private final int chunk;
    private final List<Span> spans = new ArrayList<>();
    private int computed;
    private int written; // most tokens since everything was dropped: rings have forgotten what these wrote over

    /** Tokens from here on, up to the next span, were computed by that slice. */
    private record Span(int from, MatFormerSlice slice) {}

    /**
     * @param cache the rings, closed with this
     * @param chunk how far the rings of local layers reach back beyond their window, see {@link KvCache}
     */
    KvState(TextConfig config, KvCache cache, int chunk) {
        this.config = config;
        this.cache = cache;
        this.chunk = chunk;
    }

    KvCache cache() {
        return cache;
    }

    /** Tokens that have keys and values. */
    int computed() {
        return computed;
    }

    /** A slice has computed some more. */
    void add(int tokens, MatFormerSlice slice) {
        if (spans.isEmpty() || !spans.getLast().slice().equals(slice)) {
            spans.add(new Span(computed, slice));
        }
        computed += tokens;
        written = Math.max(written, computed);
    }

    /** Drops what lies from a token on; everything where the rings of local layers don't reach back that far. */
    void truncate(int size) {
        if (computed <= size) {
            return;
        }
        if (written - size > chunk) {
            clear();
        } else {
            computed = size;
            spans.removeIf(span -> span.from() >= size);
        }
    }

    /** Drops everything. */
    void clear() {
        computed = 0;
        written = 0;
        spans.clear();
    }

    /** How many tokens from the start on have exactly the keys and values that a slice would have computed. */
    int exact(MatFormerSlice slice) {
        return spans.stream()
                .filter(span -> slice.reuse(span.slice(), config) != KvReuse.EXACT)
                .mapToInt(Span::from)
                .findFirst()
                .orElse(computed);
    }

    /** Whether a slice can read all of it, exact or not. */
    boolean readable(MatFormerSlice slice) {
        return spans.stream().allMatch(span -> slice.reuse(span.slice(), config) != KvReuse.NONE);
    }

    @Override
    public void close() {
        cache.close();
    }
}
