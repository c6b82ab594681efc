package dev.matryoshka.engine.generation;

import dev.matryoshka.engine.text.InputEmbedder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Token ids, some of which have an embedding of their own instead of a table's: the soft tokens. */
public final class TokenSequence {
    private int[] ids = new int[64];
    private final List<float @Nullable []> soft = new ArrayList<>();

    /** Appends ordinary tokens. */
    public void add(int... more) {
        for (int id : more) {
            append(id, null);
        }
    }

    /**
     * Appends a soft token.
     *
     * @param id its placeholder in the vocabulary, which decides its per-layer embedding
     * @param embedding [hidden]
     */
    public void addSoft(int id, float[] embedding) {
        append(id, embedding);
    }

    private void append(int id, float @Nullable [] embedding) {
        if (soft.size() == ids.length) {
            ids = Arrays.copyOf(ids, 2 * ids.length);
        }
        ids[soft.size()] = id;
        soft.add(embedding);
    }

    /** Appends all of another sequence. */
    public void addAll(TokenSequence more) {
        for (int i = 0; i < more.size(); i++) {
            append(more.ids[i], more.soft.get(i));
        }
    }

    /** Drops everything from a position on. */
    public void truncate(int size) {
        soft.subList(size, soft.size()).clear();
    }

    /** Number of tokens. */
    public int size() {
        return soft.size();
    }

    /** A range of ids. */
    public int[] ids(int from, int to) {
        return Arrays.copyOfRange(ids, from, to);
    }

    /** Embeddings of a range, [to - from, hidden]: a soft token's own, else what the embedder gives its id. */
    public float[] embeddings(InputEmbedder embedder, int from, int to) {
        float[] rows = embedder.embed(ids(from, to));
        for (int i = from; i < to; i++) {
            float[] own = soft.get(i);
            if (own != null) {
                System.arraycopy(own, 0, rows, (i - from) * own.length, own.length);
            }
        }
        return rows;
    }
}
