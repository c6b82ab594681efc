package dev.matryoshka.engine.tokenizer;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Gemma's tokenizer: spaces become ▁, byte-pair merges over the whole text, characters outside the vocabulary fall back
 * to their bytes ({@code tokenizer.json} of type BPE with byte_fallback, as the tokenizers library runs it).
 */
public final class BpeTokenizer implements Tokenizer {
    private static final char SPACE_MARK = '▁';
    private static final int NOT_A_BYTE = -1;

    private final PieceTable pieces;
    private final MergeTable merges;
    private final AddedTokens added;
    private final int unknown;
    private final int[] byteIds;
    private final int[] characterIds; // of the basic plane, -1 where there is none
    private final int[] idBytes;

    BpeTokenizer(PieceTable pieces, MergeTable merges, AddedTokens added, int unknown) {
        this.pieces = pieces;
        this.merges = merges;
        this.added = added;
        this.unknown = unknown;
        byteIds = new int[256];
        idBytes = new int[pieces.size()];
        Arrays.fill(idBytes, NOT_A_BYTE);
        for (int b = 0; b < 256; b++) {
            byteIds[b] = pieces.find(String.format("<0x%02X>", b));
            if (byteIds[b] >= 0) {
                idBytes[byteIds[b]] = b;
            }
        }
        characterIds = new int[Character.MAX_VALUE + 1];
        for (int c = 0; c <= Character.MAX_VALUE; c++) {
            characterIds[c] = pieces.find(new char[] {(char) c}, 0, 1);
        }
    }

    /**
     * Reads a {@code tokenizer.json}.
     *
     * @throws dev.matryoshka.engine.error.MatryoshkaException it is missing, damaged, or of another kind
     */
    public static BpeTokenizer load(Path file) {
        return TokenizerReader.read(file);
    }

    @Override
    public int[] encode(String text, boolean special) {
        Ids ids = new Ids();
        int plain = 0;
        for (int at = 0; at < text.length(); ) {
            AddedTokens.Token token = added.match(text, at, special);
            if (token == null) {
                at++;
                continue;
            }
            ids.add(merged(text, plain, at));
            ids.add(token.id());
            at += token.content().length();
            plain = at;
        }
        ids.add(merged(text, plain, text.length()));
        return ids.toArray();
    }

    private int[] merged(String text, int from, int to) {
        Ids symbols = new Ids();
        boolean lastUnknown = false;
        for (int at = from; at < to; ) {
            int c = text.codePointAt(at);
            at += Character.charCount(c);
            if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
                c = 0xFFFD; // a lone surrogate is no character
            }
            int before = symbols.size();
            symbol(c == ' ' ? SPACE_MARK : c, symbols);
            boolean isUnknown = symbols.size() == before;
            if (isUnknown && !lastUnknown) { // fuse_unk
                symbols.add(unknown);
            }
            lastUnknown = isUnknown;
        }
        return BytePairMerger.merge(merges, symbols.array(), symbols.size());
    }

    /** Adds the symbols of a character: itself, or its bytes, or nothing. */
    private void symbol(int c, Ids symbols) {
        int id = c <= Character.MAX_VALUE ? characterIds[c] : pieces.find(Character.toString(c));
        if (id >= 0) {
            symbols.add(id);
            return;
        }
        byte[] bytes = Character.toString(c).getBytes(StandardCharsets.UTF_8);
        for (byte b : bytes) {
            if (byteIds[b & 0xFF] < 0) {
                return;
            }
        }
        for (byte b : bytes) {
            symbols.add(byteIds[b & 0xFF]);
        }
    }

    /** As the tokenizers library: a run of byte pieces that is not UTF-8 becomes one U+FFFD a byte. */
    @Override
    public String decode(int[] ids) {
        StringBuilder text = new StringBuilder();
        byte[] run = new byte[ids.length];
        int length = 0;
        for (int id : ids) {
            if (id >= 0 && id < idBytes.length && idBytes[id] != NOT_A_BYTE) {
                run[length++] = (byte) idBytes[id];
                continue;
            }
            appendBytes(text, run, length);
            length = 0;
            text.append(text(id));
        }
        appendBytes(text, run, length);
        return text.toString();
    }

    private static void appendBytes(StringBuilder text, byte[] run, int length) {
        String decoded = new String(run, 0, length, StandardCharsets.UTF_8);
        boolean valid = Arrays.equals(decoded.getBytes(StandardCharsets.UTF_8), Arrays.copyOf(run, length));
        text.append(valid ? decoded : "\uFFFD".repeat(length));
    }

    private String text(int id) {
        return piece(id).replace(SPACE_MARK, ' ');
    }

    @Override
    public byte[] bytes(int id) {
        if (isSpecial(id)) {
            return new byte[0];
        }
        if (id >= 0 && id < idBytes.length && idBytes[id] != NOT_A_BYTE) {
            return new byte[] {(byte) idBytes[id]};
        }
        return text(id).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String piece(int id) {
        String piece = pieces.get(id);
        return piece == null ? "" : piece;
    }

    @Override
    public int id(String piece) {
        return pieces.find(piece);
    }

    @Override
    public boolean isSpecial(int id) {
        return added.isSpecial(id);
    }

    @Override
    public int size() {
        return pieces.size();
    }
}
