package dev.matryoshka.engine.tokenizer;

import dev.matryoshka.engine.weights.gguf.GgufWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A tokenizer as GGUF's metadata has it, the way back from {@link SentencePieceReader}: a piece's score is minus its place
 * among the pieces that merges make.
 *
 * @param pieces by id, in UTF-8
 * @param scores by id
 * @param types by id, see {@link PieceType}
 * @param merges {@code left right} each, where scores alone would merge otherwise; else empty
 */
public record SentencePieceVocabulary(List<byte[]> pieces, float[] scores, int[] types, List<byte[]> merges) {
    /** The vocabulary of a tokenizer, filled up to {@code size} pieces. */
    public static SentencePieceVocabulary of(BpeTokenizer tokenizer, int size) {
        PieceTable table = tokenizer.pieces();
        MergeTable ranked = tokenizer.merges();
        float[] scores = new float[size];
        int[] types = new int[size];
        List<byte[]> pieces = new ArrayList<>();
        for (int id = 0; id < size; id++) {
            String piece = tokenizer.piece(id);
            types[id] = type(tokenizer, id, piece);
            pieces.add((types[id] == PieceType.UNUSED ? "[PAD" + id + "]" : piece).getBytes(StandardCharsets.UTF_8));
        }
        boolean[] scored = new boolean[size];
        int place = 0; // the first piece scores 0, as those that have no score
        for (int rank = 0; rank < ranked.size(); rank++) {
            place = score(ranked.result(rank), place, scores, types, scored);
        }
        for (int id = 0; id < size; id++) { // those that no merge makes
            place = score(id, place, scores, types, scored);
        }
        boolean exact =
                ScoredMerges.of(table, Arrays.copyOf(scores, table.size())).equalTo(ranked);
        return new SentencePieceVocabulary(pieces, scores, types, exact ? List.of() : spelled(ranked, table));
    }

    /** Gives a normal piece its place, once; returns the next place. */
    private static int score(int id, int place, float[] scores, int[] types, boolean[] scored) {
        if (types[id] != PieceType.NORMAL || scored[id]) {
            return place;
        }
        scored[id] = true;
        scores[id] = -place;
        return place + 1;
    }

    private static int type(BpeTokenizer tokenizer, int id, String piece) {
        if (piece.isEmpty()) {
            return PieceType.UNUSED;
        }
        if (piece.equals("<unk>")) {
            return PieceType.UNKNOWN;
        }
        if (tokenizer.isSpecial(id)) {
            return PieceType.CONTROL;
        }
        if (tokenizer.isAdded(id)) {
            return PieceType.USER_DEFINED;
        }
        return tokenizer.isByte(id) ? PieceType.BYTE : PieceType.NORMAL;
    }

    private static List<byte[]> spelled(MergeTable ranked, PieceTable table) {
        List<byte[]> merges = new ArrayList<>();
        for (int rank = 0; rank < ranked.size(); rank++) {
            String merge = table.get(ranked.left(rank)) + " " + table.get(ranked.right(rank));
            merges.add(merge.getBytes(StandardCharsets.UTF_8));
        }
        return merges;
    }

    /** Adds it to a file's metadata. */
    public void writeTo(GgufWriter out) {
        out.string("tokenizer.ggml.model", "llama");
        out.string("tokenizer.ggml.pre", "default");
        out.strings("tokenizer.ggml.tokens", pieces);
        out.float32s("tokenizer.ggml.scores", scores);
        out.int32s("tokenizer.ggml.token_type", types);
        if (!merges.isEmpty()) {
            out.strings("tokenizer.ggml.merges", merges);
        }
        out.bool("tokenizer.ggml.add_bos_token", true);
        out.bool("tokenizer.ggml.add_space_prefix", false);
    }
}
