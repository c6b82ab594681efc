package dev.matryoshka.engine.tokenizer;

import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** Tokens that are found in the raw text before byte-pair encoding; the leftmost match wins, then the longest. */
final class AddedTokens {
    private final BitSet special = new BitSet();
    private final Node root = new Node();

    /** One added token. */
    record Token(int id, String content, boolean isSpecial) {}

    private static final class Node {
        private char[] keys = new char[0];
        private Node[] children = new Node[0];
        private @Nullable Token token;

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

    void add(Token token) {
        special.set(token.id(), token.isSpecial());
        Node node = root;
        for (int i = 0; i < token.content().length(); i++) {
            node = node.grow(token.content().charAt(i));
        }
        node.token = token;
    }

    boolean isSpecial(int id) {
        return special.get(id);
    }

    /**
     * The longest token that starts at a place of the text.
     *
     * @param withSpecial whether special tokens count
     */
    @Nullable
    Token match(String text, int at, boolean withSpecial) {
        Token found = null;
        Node node = root;
        for (int i = at; i < text.length(); i++) {
            node = node.child(text.charAt(i));
            if (node == null) {
                break;
            }
            Token token = node.token;
            if (token != null && (withSpecial || !token.isSpecial())) {
                found = token;
            }
        }
        return found;
    }
}
