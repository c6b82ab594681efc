package dev.matryoshka.engine.tokenizer;

import dev.matryoshka.engine.error.ModelFormatException;
import dev.matryoshka.engine.error.ModelNotFoundException;
import dev.matryoshka.engine.error.UnsupportedModelException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Streams a {@code tokenizer.json}; Gemma's has 262,144 pieces and 514,906 merges in 33 MB. The vocabulary must stand
 * before the merges, as the tokenizers library writes it. Whatever would change the ids or the text and is not as in
 * Gemma's file is refused, not ignored.
 */
final class TokenizerReader {
    private static final long MAX_BYTES = 128L << 20;
    private static final int MAX_IDS = 4 << 20;

    private static final Map<String, Object> NORMALIZER =
            Map.of("type", "Replace", "pattern", Map.of("String", " "), "content", "▁");
    /** Finds no space to split at after the normaliser. */
    private static final Map<String, Object> PRE_TOKENIZER = Map.of(
            "type", "Split", "pattern", Map.of("String", " "), "behavior", "MergedWithPrevious", "invert", false);

    private static final Map<String, Object> DECODER = Map.of(
            "type",
            "Sequence",
            "decoders",
            List.of(
                    Map.of("type", "Replace", "pattern", Map.of("String", "▁"), "content", " "),
                    Map.of("type", "ByteFallback"),
                    Map.of("type", "Fuse")));

    private final String file;
    private final JsonScanner in;
    private final PieceTable pieces = new PieceTable();
    private final AddedVocabulary added = new AddedVocabulary();
    private MergeTable merges = new MergeTable();
    private boolean normalizes;
    private boolean decodes;
    private boolean byteFallback;
    private boolean fuseUnknown;
    private @Nullable String unknown;

    private TokenizerReader(String file, InputStream in) {
        this.file = file;
        this.in = new JsonScanner(in, file);
    }

    static BpeTokenizer read(Path path) {
        String file = String.valueOf(path.getFileName());
        if (!Files.isRegularFile(path)) {
            throw new ModelNotFoundException(
                    "there is no " + path, "name a model folder with its tokenizer.json, or the file itself");
        }
        try (InputStream in = Files.newInputStream(path)) {
            TokenizerReader reader = new TokenizerReader(file, in);
            reader.expect(Files.size(path) <= MAX_BYTES, "has over " + (MAX_BYTES >> 20) + " MiB");
            return reader.tokenizer();
        } catch (CharacterCodingException e) {
            throw new ModelFormatException(file + " has pieces that are not UTF-8", "fetch the model again", e);
        } catch (IOException e) {
            throw new ModelFormatException(
                    file + " can't be read (" + e.getMessage() + ")", "check the disk, or fetch the model again", e);
        }
    }

    private BpeTokenizer tokenizer() throws IOException {
        in.begin('{');
        while (in.more('}')) {
            switch (in.name()) {
                case "added_tokens" -> addedTokens();
                case "normalizer" -> normalizes = same(NORMALIZER, in.value(), "normalizer");
                case "pre_tokenizer" -> {
                    Object value = in.value();
                    same(PRE_TOKENIZER, value == null ? PRE_TOKENIZER : value, "pre_tokenizer");
                }
                case "decoder" -> decodes = same(DECODER, in.value(), "decoder");
                case "model" -> model();
                default -> in.value();
            }
        }
        in.end();
        expect(pieces.size() > 0, "has no vocabulary");
        checkAddedTokens();
        if (!normalizes || !decodes) {
            throw unsupported("lacks Gemma's " + (normalizes ? "decoder" : "normalizer"));
        }
        int unknownId = unknown == null ? -1 : pieces.find(unknown);
        expect(unknown == null || unknownId >= 0, "lacks its unknown token " + unknown);
        return new BpeTokenizer(
                pieces,
                new BytePairEncoder(pieces, merges, new BytePairEncoder.Fallback(byteFallback, unknownId, fuseUnknown)),
                added);
    }

    private boolean same(@Nullable Object expected, @Nullable Object value, String field) {
        if (!Objects.equals(expected, value)) {
            throw unsupported("has another " + field + " than Gemma's");
        }
        return true;
    }

    private void addedTokens() throws IOException {
        in.begin('[');
        while (in.more(']')) {
            AddedToken token = addedToken();
            expect(!token.content().isEmpty(), "has an added token without content");
            if (!added.add(token)) {
                throw twice(token);
            }
        }
    }

    private AddedToken addedToken() throws IOException {
        int id = -1;
        String content = "";
        boolean special = false;
        boolean normalized = false;
        boolean singleWord = false;
        boolean lstrip = false;
        boolean rstrip = false;
        in.begin('{');
        while (in.more('}')) {
            switch (in.name()) {
                case "id" -> id = id();
                case "content" -> content = String.valueOf(in.value());
                case "special" -> special = in.flag();
                case "normalized" -> normalized = in.flag();
                case "single_word" -> singleWord = in.flag();
                case "lstrip" -> lstrip = in.flag();
                case "rstrip" -> rstrip = in.flag();
                default -> in.value();
            }
        }
        expect(id >= 0, "has an added token without an id");
        special |= ChatTemplate.CONTROL_TOKENS.contains(content);
        return new AddedToken(id, content, special, normalized, singleWord, lstrip, rstrip);
    }

    private int id() throws IOException {
        int id = in.index();
        expect(id >= 0 && id < MAX_IDS, "has an id out of range");
        return id;
    }

    /** An added token has the id that the vocabulary gives its content, or one of its own. */
    private void checkAddedTokens() {
        for (AddedToken token : added.all()) {
            int id = pieces.find(token.content());
            if (id != token.id() && (id >= 0 || pieces.get(token.id()) != null)) {
                throw twice(token);
            }
        }
        for (String needed : ChatTemplate.TURN_TOKENS) {
            expect(added.get(needed) != null, "lacks the token " + needed);
        }
    }

    private ModelFormatException twice(AddedToken token) {
        return damage("gives id " + token.id() + " or the token " + token.content() + " twice");
    }

    private void model() throws IOException {
        in.begin('{');
        while (in.more('}')) {
            String field = in.name();
            switch (field) {
                case "vocab" -> vocabulary();
                case "merges" -> {
                    expect(pieces.size() > 0, "has its merges before its vocabulary");
                    merges = new MergeReader(file, in, pieces).read();
                }
                case "type" -> {
                    Object type = in.value();
                    if (!"BPE".equals(type)) {
                        throw unsupported("is of type " + type);
                    }
                }
                case "unk_token" -> unknown = in.value() instanceof String token ? token : null;
                case "fuse_unk" -> fuseUnknown = in.flag();
                case "byte_fallback" -> byteFallback = in.flag();
                case "dropout", "continuing_subword_prefix", "end_of_word_suffix" -> {
                    Object value = in.value();
                    same(null, "".equals(value) ? null : value, field);
                }
                case "ignore_merges" -> same(false, in.value(), field);
                default -> in.value();
            }
        }
    }

    private void vocabulary() throws IOException {
        in.begin('{');
        while (in.more('}')) {
            in.nameBytes();
            int length = in.length();
            int id = id();
            if (!pieces.add(id, in.text(), length)) {
                throw damage("gives id " + id + " twice");
            }
        }
        int twice = pieces.index();
        expect(twice < 0, "gives the piece " + pieces.get(twice) + " twice");
    }

    private void expect(boolean valid, String complaint) {
        if (!valid) {
            throw damage(complaint);
        }
    }

    private ModelFormatException damage(String complaint) {
        return new ModelFormatException(oneLine(complaint), "fetch the model again");
    }

    private UnsupportedModelException unsupported(String what) {
        return new UnsupportedModelException(oneLine(what), "use the tokenizer of a Gemma 3n model");
    }

    /** Pieces may hold line breaks. */
    private String oneLine(String complaint) {
        return (file + " " + complaint).replaceAll("\\p{Cntrl}", "?");
    }
}
