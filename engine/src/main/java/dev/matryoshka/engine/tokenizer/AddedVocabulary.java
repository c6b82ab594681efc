package dev.matryoshka.engine.tokenizer;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** The added tokens by id and by content, and how they cut a text ({@code AddedVocabulary} of the tokenizers library). */
final class AddedVocabulary {
    private final Map<Integer, AddedToken> byId = new HashMap<>();
    private final Map<String, AddedToken> byContent = new HashMap<>();
    private final AddedTokenTrie raw = new AddedTokenTrie();
    private final AddedTokenTrie normalized = new AddedTokenTrie();
    private int size;

    /** Adds a token; false where its id or its content is taken. */
    boolean add(AddedToken token) {
        if (byId.putIfAbsent(token.id(), token) != null || byContent.putIfAbsent(token.content(), token) != null) {
            return false;
        }
        if (token.normalized()) {
            normalized.add(normalize(token.content()), token);
        } else {
            raw.add(token.content(), token);
        }
        size = Math.max(size, token.id() + 1);
        return true;
    }

    private static String normalize(String text) {
        return text.replace(' ', BpeTokenizer.SPACE_MARK);
    }

    /**
     * Cuts a text, from left to right.
     *
     * @param special whether special tokens count; where they don't, they stay in the plain text
     * @param tokens takes the ids of the tokens
     * @param plain takes the text between them, normalised and never empty
     */
    void split(String text, boolean special, IntConsumer tokens, Consumer<String> plain) {
        raw.split(text, special, tokens, part -> normalized.split(normalize(part), special, tokens, plain));
    }

    @Nullable
    AddedToken get(int id) {
        return byId.get(id);
    }

    @Nullable
    AddedToken get(String content) {
        return byContent.get(content);
    }

    Iterable<AddedToken> all() {
        return byId.values();
    }

    /** Ids are below this. */
    int size() {
        return size;
    }
}
