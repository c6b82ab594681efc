package dev.matryoshka.engine.tokenizer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * SentencePiece merges any two neighbours whose joint piece scores best. As ranked merges these are all splits of all
 * pieces, the better score first; of equal scores (pieces that a user defined have 0) the longer left and then right part
 * first ({@code generate_merges} in transformers' {@code convert_slow_tokenizer.py}).
 */
final class ScoredMerges {
    /** Bytes of the longest piece that makes sense; a piece takes the square of its length to split. */
    static final int LONGEST = 1024;

    private final PieceTable pieces;
    private final List<Split> equal = new ArrayList<>(); // splits of equal score

    private record Split(int left, int right, int result, int leftLength, int rightLength) {}

    private static final Comparator<Split> LONGER_FIRST = Comparator.comparingInt(Split::leftLength)
            .thenComparingInt(Split::rightLength)
            .reversed()
            .thenComparingInt(Split::result);

    private ScoredMerges(PieceTable pieces) {
        this.pieces = pieces;
    }

    /**
     * The merges of a vocabulary.
     *
     * @param scores by id
     */
    static MergeTable of(PieceTable pieces, float[] scores) {
        int[] order = IntStream.range(0, pieces.size())
                .boxed()
                .sorted(Comparator.comparingDouble((Integer id) -> -(double) scores[id]))
                .mapToInt(id -> id)
                .toArray();
        ScoredMerges splits = new ScoredMerges(pieces);
        MergeTable merges = new MergeTable();
        for (int i = 0; i < order.length; i++) {
            splits.split(order[i]);
            if (i + 1 == order.length || scores[order[i]] != scores[order[i + 1]]) {
                splits.moveTo(merges);
            }
        }
        merges.index();
        return merges;
    }

    private void split(int id) {
        byte[] utf8 = pieces.utf8(id);
        int characters = length(utf8, utf8.length);
        for (int at = 1; at < utf8.length; at++) {
            if ((utf8[at] & 0xC0) == 0x80) {
                continue; // inside a character
            }
            int left = pieces.find(utf8, 0, at);
            int right = left < 0 ? -1 : pieces.find(utf8, at, utf8.length);
            if (right >= 0) {
                int leftLength = length(utf8, at);
                equal.add(new Split(left, right, id, leftLength, characters - leftLength));
            }
        }
    }

    /** Characters in the first bytes. */
    private static int length(byte[] utf8, int to) {
        int length = 0;
        for (int i = 0; i < to; i++) {
            length += (utf8[i] & 0xC0) == 0x80 ? 0 : 1;
        }
        return length;
    }

    private void moveTo(MergeTable merges) {
        equal.sort(LONGER_FIRST);
        equal.forEach(s -> merges.add(s.left(), s.right(), s.result()));
        equal.clear();
    }
}
