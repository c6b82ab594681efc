package dev.matryoshka.engine.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Normalised text without added tokens to ids ({@code BPE::merge_word} of the tokenizers library). */
final class BytePairEncoder {
    private final PieceTable pieces;
    private final MergeTable merges;
    private final Fallback fallback;
    private final int[] byteIds = new int[256]; // -1 where there is none

    /**
     * What becomes of a character outside the vocabulary.
     *
     * @param bytes whether its bytes are tried first
     * @param unknown then the id that stands for it, or -1 for nothing
     * @param fuse whether one id stands for several in a row
     */
    record Fallback(boolean bytes, int unknown, boolean fuse) {}

    BytePairEncoder(PieceTable pieces, MergeTable merges, Fallback fallback) {
        this.pieces = pieces;
        this.merges = merges;
        this.fallback = fallback;
        HexFormat hex = HexFormat.of().withUpperCase();
        for (int b = 0; b < 256; b++) {
            byteIds[b] = fallback.bytes() ? pieces.find("<0x" + hex.toHexDigits((byte) b) + ">") : -1;
        }
    }

    MergeTable merges() {
        return merges;
    }

    int[] encode(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        Ids symbols = new Ids(utf8.length);
        boolean pending = false; // an unknown character; it waits over bytes, as in the library
        for (int from = 0; from < utf8.length; ) {
            int to = from + length(utf8[from]);
            int id = pieces.find(utf8, from, to);
            if (id >= 0) {
                if (pending) {
                    symbols.add(fallback.unknown());
                    pending = false;
                }
                symbols.add(id);
            } else if (!addBytes(utf8, from, to, symbols)) {
                if (pending && !fallback.fuse()) {
                    symbols.add(fallback.unknown());
                }
                pending = fallback.unknown() >= 0;
            }
            from = to;
        }
        if (pending) {
            symbols.add(fallback.unknown());
        }
        return BytePairMerger.merge(merges, symbols.array(), symbols.size());
    }

    /** The length of a character that starts with this byte. */
    private static int length(byte lead) {
        int ones = Integer.numberOfLeadingZeros(~(lead << 24));
        return Math.max(1, ones);
    }

    /** Adds the bytes of a character, all or none. */
    private boolean addBytes(byte[] utf8, int from, int to, Ids symbols) {
        for (int i = from; i < to; i++) {
            if (byteIds[utf8[i] & 0xFF] < 0) {
                return false;
            }
        }
        for (int i = from; i < to; i++) {
            symbols.add(byteIds[utf8[i] & 0xFF]);
        }
        return true;
    }
}
