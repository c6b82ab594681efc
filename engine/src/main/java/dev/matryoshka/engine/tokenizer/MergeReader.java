package dev.matryoshka.engine.tokenizer;

import dev.matryoshka.engine.error.ModelFormatException;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Reads the merges, {@code ["left", "right"]} or {@code "left right"}. This thread scans them and another looks the
 * pieces up, batch after batch: each takes about half of the time.
 */
final class MergeReader {
    private static final int BATCH = 4096;

    private final String file;
    private final JsonScanner in;
    private final PieceTable pieces;
    private final MergeTable merges = new MergeTable();
    private final int[] ends = new int[2 * BATCH];
    private int count;

    /**
     * Pieces one after another, left and right in turn.
     *
     * @param text in UTF-8
     * @param ends where each ends
     */
    private record Batch(byte[] text, int[] ends) {}

    /**
     * @param file its name, for complaints
     */
    MergeReader(String file, JsonScanner in, PieceTable pieces) {
        this.file = file;
        this.in = in;
        this.pieces = pieces;
    }

    MergeTable read() throws IOException {
        CompletableFuture<Integer> last = CompletableFuture.completedFuture(0);
        in.clear();
        in.begin('[');
        while (in.more(']')) {
            ends[count++] = in.isNext('[') ? pair() : spacedPair();
            ends[count++] = in.length();
            if (count == ends.length) {
                Batch batch = batch();
                last = last.thenApplyAsync(result -> resolve(batch, result));
            }
        }
        Batch rest = batch();
        try {
            last.thenApply(result -> resolve(rest, result)).join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof ModelFormatException damage ? damage : e;
        }
        merges.index();
        return merges;
    }

    private Batch batch() {
        Batch batch = new Batch(Arrays.copyOf(in.text(), in.length()), Arrays.copyOf(ends, count));
        in.clear();
        count = 0;
        return batch;
    }

    /** Appends both pieces to the text; returns where the left one ends. */
    private int pair() throws IOException {
        in.begin('[');
        boolean two = in.more(']');
        in.stringBytes();
        int left = in.length();
        two &= in.more(']');
        in.stringBytes();
        if (!two || in.more(']')) {
            throw in.damage("a merge is not of two pieces");
        }
        return left;
    }

    private int spacedPair() throws IOException {
        int from = in.length();
        in.stringBytes();
        int space = in.cut(' ', from);
        if (space < 0) {
            throw in.damage("a merge is without a space");
        }
        return space;
    }

    /**
     * Adds the merges of a batch.
     *
     * @param last the result of the merge before
     * @return the result of the last merge
     */
    private int resolve(Batch batch, int last) {
        byte[] text = batch.text();
        int result = last;
        int from = 0;
        for (int i = 0; i < batch.ends().length; i += 2) {
            int middle = batch.ends()[i];
            int to = batch.ends()[i + 1];
            int left = pieces.find(text, from, middle);
            int right = pieces.find(text, middle, to);
            result = result(result, text, from, to);
            if (left < 0 || right < 0 || result < 0) {
                throw new ModelFormatException(
                        file + " merges pieces that its vocabulary lacks (merge " + merges.size() + ")",
                        "fetch the model again");
            }
            merges.add(left, right, result);
            from = to;
        }
        return result;
    }

    /** Merges are sorted by what they give: nearly always the same as the one before, or the next id. */
    private int result(int last, byte[] text, int from, int to) {
        for (int id = last; id <= last + 1; id++) {
            if (pieces.is(id, text, from, to)) {
                return id;
            }
        }
        return pieces.find(text, from, to);
    }
}
