package dev.matryoshka.engine.tokenizer;

import dev.matryoshka.engine.error.ModelFormatException;
import dev.matryoshka.engine.error.UnsupportedModelException;
import dev.matryoshka.engine.weights.gguf.GgufMetadata;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * The SentencePiece vocabulary in a GGUF file's metadata: pieces, their scores and types. Its ids are those of the same
 * model's {@code tokenizer.json}, into which transformers turns such a vocabulary ({@link ScoredMerges}).
 */
final class SentencePieceReader {
    private static final String PREFIX = "tokenizer.ggml.";
    private static final int MAX_IDS = 4 << 20;

    /** Added tokens that aren't special, but which converters mark as control tokens ({@code does_token_look_special}). */
    private static final Set<String> NOT_SPECIAL = Set.of("<mask>", "[multimodal]");

    private final GgufMetadata in;
    private final PieceTable pieces = new PieceTable();
    private final AddedVocabulary added = new AddedVocabulary();
    private final float[] scores;
    private final float[] types;
    private boolean byteFallback;
    private int next;

    private SentencePieceReader(GgufMetadata in) {
        this.in = in;
        scores = in.floats(PREFIX + "scores");
        types = in.floats(PREFIX + "token_type");
    }

    static BpeTokenizer read(GgufMetadata in) {
        String model = in.require(PREFIX + "model").asText();
        if (!model.equals("llama")) {
            throw new UnsupportedModelException(
                    in.file() + " has a tokenizer of the kind " + model, "use a file with Gemma's SentencePiece model");
        }
        if (in.find(PREFIX + "add_space_prefix").asBoolean(false)) {
            throw new UnsupportedModelException(
                    in.file() + " puts a space before each text", "use a file with Gemma's SentencePiece model");
        }
        return new SentencePieceReader(in).tokenizer();
    }

    private BpeTokenizer tokenizer() {
        int size = in.strings(PREFIX + "tokens", this::piece);
        check(
                size == scores.length && size == types.length,
                "has " + size + " tokens, but " + scores.length + " scores and " + types.length + " types");
        try {
            int twice = pieces.index();
            check(twice < 0, "gives the piece of token " + twice + " twice");
        } catch (CharacterCodingException e) {
            throw new ModelFormatException(in.file() + " has pieces that are not UTF-8", "fetch the model again", e);
        }
        for (String needed : ChatTemplate.TURN_TOKENS) {
            check(added.get(needed) != null, "lacks the token " + needed);
        }
        int unknown = in.find(PREFIX + "unknown_token_id").asInt(-1);
        check(unknown >= -1 && unknown < size, "has no token " + unknown + ", which should stand for the unknown");
        MergeTable merges = in.keys().contains(PREFIX + "merges") ? spelledMerges() : ScoredMerges.of(pieces, scores);
        return new BpeTokenizer(
                pieces,
                new BytePairEncoder(pieces, merges, new BytePairEncoder.Fallback(byteFallback, unknown, true)),
                added);
    }

    /** {@code left right} each, as converters write them for tokenizers whose scores don't say it all. */
    private MergeTable spelledMerges() {
        MergeTable merges = new MergeTable();
        in.strings(PREFIX + "merges", utf8 -> {
            int space = 0;
            while (space < utf8.length && utf8[space] != ' ') {
                space++;
            }
            String joined = new String(utf8, StandardCharsets.UTF_8).replaceFirst(" ", "");
            int left = pieces.find(utf8, 0, space);
            int right = space < utf8.length ? pieces.find(utf8, space + 1, utf8.length) : -1;
            int result = pieces.find(joined);
            check(left >= 0 && right >= 0 && result >= 0, "merges pieces that its vocabulary lacks");
            merges.add(left, right, result);
        });
        merges.index();
        return merges;
    }

    private void piece(byte[] utf8) {
        int id = next++;
        check(next <= MAX_IDS && next <= types.length && next <= scores.length, "has more tokens than types or scores");
        int type = (int) types[id];
        check(
                type >= PieceType.NORMAL && type <= PieceType.BYTE && type == types[id],
                "has token " + id + " of the type " + types[id]);
        check(utf8.length > 0 && utf8.length <= ScoredMerges.LONGEST, "has a piece of " + utf8.length + " bytes");
        check(!Float.isNaN(scores[id]), "has no score for token " + id);
        if (type == PieceType.UNUSED) {
            return; // fills the table up
        }
        byte[] stored = utf8;
        if (type == PieceType.UNKNOWN || type == PieceType.CONTROL || type == PieceType.USER_DEFINED) {
            String content = new String(utf8, StandardCharsets.UTF_8).replace(' ', BpeTokenizer.SPACE_MARK);
            stored = content.getBytes(StandardCharsets.UTF_8); // converters spell spaces out
            boolean special = type != PieceType.USER_DEFINED && !looksSpecial(content)
                    || ChatTemplate.CONTROL_TOKENS.contains(content);
            check(
                    added.add(new AddedToken(id, content, special, false, false, false, false)),
                    "gives token " + id + " twice");
        }
        if (type != PieceType.NORMAL) {
            scores[id] = 0; // as in SentencePiece; converters put other numbers
        }
        byteFallback |= type == PieceType.BYTE;
        pieces.add(id, stored, stored.length);
    }

    private static boolean looksSpecial(String content) {
        return NOT_SPECIAL.contains(content) || content.startsWith("<unused") && content.endsWith(">");
    }

    private void check(boolean valid, String complaint) {
        if (!valid) {
            throw new ModelFormatException(in.file() + " " + complaint, "fetch the model again");
        }
    }
}
