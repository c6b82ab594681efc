package dev.matryoshka.engine.tokenizer;

import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds added tokens in a text: the leftmost match wins, then the longest ({@code AddedVocabulary::find_matches} of the
 * tokenizers library).
 */
final class AddedTokenTrie {
    private final Node root = new Node();

    private static final class Node {
        private char[] keys = new char[0];
        private Node[] children = new Node[0];
        private @Nullable AddedToken token;

        @Nullable
        Node child(char c) {
            for (int i = 0; i < keys.length; i++) {
                if (keys[i] == c) {
                    return children[i];
                }
            }
            return null;
        }

        Node grow(char c) {
            Node child = child(c);
            if (child == null) {
                child = new Node();
                keys = Arrays.copyOf(keys, keys.length + 1);
                children = Arrays.copyOf(children, children.length + 1);
                keys[keys.length - 1] = c;
                children[children.length - 1] = child;
            }
            return child;
        }
    }

    /** Adds a token that is found as {@code content}, as long as its own. */
    void add(String content, AddedToken token) {
        Node node = root;
        for (int i = 0; i < content.length(); i++) {
            node = node.grow(content.charAt(i));
        }
        node.token = token;
    }

    /** As {@link AddedVocabulary#split}. */
    void split(String text, boolean special, IntConsumer tokens, Consumer<String> plain) {
        int done = 0;
        for (int at = 0; at < text.length(); ) {
            AddedToken token = longest(text, at);
            if (token == null) {
                at++;
                continue;
            }
            int from = at;
            at += token.content().length();
            if (token.special() && !special || token.singleWord() && Words.touch(text, from, at)) {
                continue;
            }
            int to = token.rstrip() ? Words.spaceEnd(text, at) : at;
            from = token.lstrip() ? Math.max(done, Words.spaceStart(text, from)) : from;
            if (done < from) {
                plain.accept(text.substring(done, from));
            }
            tokens.accept(token.id());
            done = to;
        }
        if (done < text.length()) {
            plain.accept(text.substring(done));
        }
    }

    private @Nullable AddedToken longest(String text, int at) {
        AddedToken found = null;
        Node node = root;
        for (int i = at; i < text.length(); i++) {
            node = node.child(text.charAt(i));
            if (node == null) {
                break;
            }
            found = node.token == null ? found : node.token;
        }
        return found;
    }
}
