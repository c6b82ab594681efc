package dev.matryoshka.engine.tokenizer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.matryoshka.engine.error.MatryoshkaException;
import dev.matryoshka.engine.error.ModelFormatException;
import dev.matryoshka.engine.error.ModelNotFoundException;
import dev.matryoshka.engine.error.UnsupportedModelException;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Streams a {@code tokenizer.json}; Gemma's has 262,144 pieces and 514,906 merges in 33 MB. The vocabulary must stand
 * before the merges, as the tokenizers library writes it.
 */
final class TokenizerReader {
    private static final int MAX_IDS = 4 << 20;
    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES) // 262,144 names that occur once
            .build();

    private final JsonParser in;
    private final PieceTable pieces = new PieceTable();
    private final MergeTable merges = new MergeTable();
    private final AddedTokens added = new AddedTokens();
    private String unknown = "<unk>";
    private char[] pair = new char[256];
    private int rank;

    private TokenizerReader(JsonParser in) {
        this.in = in;
    }

    static BpeTokenizer read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new ModelNotFoundException(
                    "there is no " + file, "name a model folder with its tokenizer.json, or the file itself");
        }
        try (Reader reader = Files.newBufferedReader(file);
                JsonParser parser = JSON.createParser(reader)) {
            return new TokenizerReader(parser).tokenizer();
        } catch (MatryoshkaException e) {
            throw e;
        } catch (IOException e) {
            String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            throw new ModelFormatException(
                    file.getFileName() + " is not intact JSON (" + reason + ")", "fetch the model again", e);
        }
    }

    private BpeTokenizer tokenizer() throws IOException {
        expect(in.nextToken() == JsonToken.START_OBJECT, "is no object");
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String field = in.currentName();
            in.nextToken();
            switch (field) {
                case "added_tokens" -> addedTokens();
                case "model" -> model();
                default -> in.skipChildren();
            }
        }
        expect(in.currentToken() == JsonToken.END_OBJECT, "ends too early");
        expect(pieces.count() > 0, "has no vocabulary");
        int unknownId = pieces.find(unknown);
        expect(unknownId >= 0, "lacks its unknown token " + unknown);
        for (String needed : ChatTemplate.TURN_TOKENS) {
            expect(pieces.find(needed) >= 0, "lacks the token " + needed);
        }
        return new BpeTokenizer(pieces, merges, added, unknownId);
    }

    private void addedTokens() throws IOException {
        expect(in.currentToken() == JsonToken.START_ARRAY, "has malformed added_tokens");
        while (in.nextToken() == JsonToken.START_OBJECT) {
            int id = -1;
            String content = "";
            boolean special = false;
            while (in.nextToken() == JsonToken.FIELD_NAME) {
                String field = in.currentName();
                in.nextToken();
                switch (field) {
                    case "id" -> id = id(in.currentToken());
                    case "content" -> content = in.getText();
                    case "special" -> special = in.currentToken() == JsonToken.VALUE_TRUE;
                    case "normalized", "lstrip", "rstrip", "single_word" -> plain(field);
                    default -> in.skipChildren();
                }
            }
            expect(!content.isEmpty(), "has an added token without content");
            expect(pieces.add(content, id), "gives id " + id + " or the token " + content + " twice");
            added.add(new AddedTokens.Token(id, content, special));
        }
    }

    /** Gemma's added tokens match exactly as they are written. */
    private void plain(String flag) throws IOException {
        if (in.currentToken() == JsonToken.VALUE_TRUE) {
            throw new UnsupportedModelException(
                    "tokenizer.json has added tokens that are " + flag, "use the tokenizer of a Gemma 3n model");
        }
    }

    private int id(JsonToken token) throws IOException {
        expect(token == JsonToken.VALUE_NUMBER_INT, "has an id that is no whole number");
        long id = in.getNumberType() == JsonParser.NumberType.INT ? in.getIntValue() : -1;
        expect(id >= 0 && id < MAX_IDS, "has an id out of range");
        return (int) id;
    }

    private void model() throws IOException {
        expect(in.currentToken() == JsonToken.START_OBJECT, "has a malformed model");
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String field = in.currentName();
            in.nextToken();
            switch (field) {
                case "type" -> type(in.getText());
                case "unk_token" -> unknown = in.getText();
                case "vocab" -> vocabulary();
                case "merges" -> merges();
                default -> in.skipChildren();
            }
        }
    }

    private static void type(String type) {
        if (!type.equals("BPE")) {
            throw new UnsupportedModelException(
                    "tokenizer.json is of type " + type, "use the tokenizer of a Gemma 3n model (BPE)");
        }
    }

    private void vocabulary() throws IOException {
        expect(in.currentToken() == JsonToken.START_OBJECT, "has a malformed vocabulary");
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String piece = in.currentName();
            int id = id(in.nextToken());
            expect(pieces.add(piece, id), "gives id " + id + " or the piece " + piece + " twice");
        }
    }

    /** Either {@code "left right"} or {@code ["left", "right"]}. */
    private void merges() throws IOException {
        expect(in.currentToken() == JsonToken.START_ARRAY, "has malformed merges");
        expect(pieces.count() > 0, "has its merges before its vocabulary");
        for (JsonToken token = in.nextToken(); token != JsonToken.END_ARRAY; token = in.nextToken()) {
            int left;
            int length;
            if (token == JsonToken.START_ARRAY) {
                expect(in.nextToken() == JsonToken.VALUE_STRING, "has a malformed merge");
                left = take(0, in.getTextOffset(), in.getTextLength());
                expect(in.nextToken() == JsonToken.VALUE_STRING, "has a malformed merge");
                length = take(left, in.getTextOffset(), in.getTextLength());
                expect(in.nextToken() == JsonToken.END_ARRAY, "has a malformed merge");
            } else {
                expect(token == JsonToken.VALUE_STRING, "has a malformed merge");
                int space = in.getText().indexOf(' ');
                expect(space > 0, "has a merge without a space");
                left = take(0, in.getTextOffset(), space);
                length = take(left, in.getTextOffset() + space + 1, in.getTextLength() - space - 1);
            }
            merge(left, length);
        }
    }

    /** Copies a part of the current text to {@code pair[at]}; returns where it ends. */
    private int take(int at, int from, int length) throws IOException {
        if (at + length > pair.length) {
            pair = Arrays.copyOf(pair, 2 * (at + length));
        }
        System.arraycopy(in.getTextCharacters(), from, pair, at, length);
        return at + length;
    }

    private void merge(int left, int length) {
        int first = pieces.find(pair, 0, left);
        int second = pieces.find(pair, left, length - left);
        int result = pieces.find(pair, 0, length);
        expect(
                first >= 0 && second >= 0 && result >= 0,
                "merges pieces that its vocabulary lacks (merge " + rank + ")");
        merges.add(first, second, rank++, result);
    }

    private static void expect(boolean valid, String complaint) {
        if (!valid) {
            throw new ModelFormatException("tokenizer.json " + complaint, "fetch the model again");
        }
    }
}
