package dev.matryoshka.engine.tokenizer;

import dev.matryoshka.engine.weights.gguf.GgufFile;
import dev.matryoshka.engine.weights.gguf.GgufMetadata;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Gemma's tokenizer: spaces become ▁, byte-pair merges over the whole text, characters outside the vocabulary fall back
 * to their bytes ({@code tokenizer.json} of type BPE, as the tokenizers library runs it). An id that the file leaves out
 * never comes from a text and stands for no text. Half a surrogate pair counts as U+FFFD.
 */
public final class BpeTokenizer implements Tokenizer {
    static final char SPACE_MARK = '▁';

    private final PieceTable pieces;
    private final BytePairEncoder encoder;
    private final AddedVocabulary added;

    BpeTokenizer(PieceTable pieces, BytePairEncoder encoder, AddedVocabulary added) {
        this.pieces = pieces;
        this.encoder = encoder;
        this.added = added;
    }

    /**
     * Reads a {@code tokenizer.json} or what a GGUF file has of it.
     *
     * @throws dev.matryoshka.engine.error.MatryoshkaException it is missing, damaged, or of another kind
     */
    public static BpeTokenizer load(Path file) {
        if (!GgufFile.recognizes(file)) {
            return TokenizerReader.read(file);
        }
        try (GgufFile gguf = GgufFile.open(file)) {
            return of(gguf.metadata());
        }
    }

    /**
     * Takes the vocabulary in a GGUF file's metadata.
     *
     * @throws dev.matryoshka.engine.error.MatryoshkaException it is missing, damaged, or of another kind
     */
    public static BpeTokenizer of(GgufMetadata metadata) {
        return SentencePieceReader.read(metadata);
    }

    @Override
    public int[] encode(String text, boolean special) {
        Ids ids = new Ids(32);
        added.split(wellFormed(text), special, ids::add, plain -> ids.add(encoder.encode(plain)));
        return ids.toArray();
    }

    /** With U+FFFD for each half of a pair, which UTF-16 puts where UTF-8 would put a question mark. */
    private static String wellFormed(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_16BE), StandardCharsets.UTF_16BE);
    }

    /** As the tokenizers library: a run of byte pieces that is not UTF-8 as a whole becomes one U+FFFD a byte. */
    @Override
    public String decode(int[] ids) {
        StringBuilder text = new StringBuilder();
        byte[] run = new byte[ids.length];
        int length = 0;
        for (int id : ids) {
            String piece = piece(id);
            if (isByte(piece)) {
                run[length++] = (byte) Integer.parseInt(piece, 3, 5, 16);
                continue;
            }
            text.append(characters(run, length)).append(piece.replace(SPACE_MARK, ' '));
            length = 0;
        }
        return text.append(characters(run, length)).toString();
    }

    private static String characters(byte[] run, int length) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(run, 0, length))
                    .toString();
        } catch (CharacterCodingException e) {
            return "\uFFFD".repeat(length);
        }
    }

    @Override
    public boolean isByte(int id) {
        return isByte(piece(id));
    }

    private static boolean isByte(String piece) {
        return piece.length() == 6
                && piece.startsWith("<0x")
                && piece.endsWith(">")
                && Character.digit(piece.charAt(3), 16) >= 0
                && Character.digit(piece.charAt(4), 16) >= 0;
    }

    @Override
    public String piece(int id) {
        AddedToken token = added.get(id);
        String piece = token == null ? pieces.get(id) : token.content();
        return piece == null ? "" : piece;
    }

    @Override
    public int id(String piece) {
        AddedToken token = added.get(piece);
        return token == null ? pieces.find(piece) : token.id();
    }

    @Override
    public boolean isSpecial(int id) {
        AddedToken token = added.get(id);
        return token != null && token.special();
    }

    /** Whether the id is cut out of a text before merging. */
    boolean isAdded(int id) {
        return added.get(id) != null;
    }

    PieceTable pieces() {
        return pieces;
    }

    MergeTable merges() {
        return encoder.merges();
    }

    @Override
    public int size() {
        return Math.max(pieces.size(), added.size());
    }
}
