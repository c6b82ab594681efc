package dev.matryoshka.engine.tokenizer;

/** Text to ids and back. Thread-safe. */
public interface Tokenizer {
    /**
     * Ids of a text, nothing added.
     *
     * @param special whether special tokens written in the text are recognised; false for what a user typed
     */
    int[] encode(String text, boolean special);

    /** The text of some ids, special tokens spelled out. */
    String decode(int[] ids);

    /** The bytes that one id stands for in running text (UTF-8; byte pieces are one byte); special tokens have none. */
    byte[] bytes(int id);

    /** The piece as the vocabulary spells it. */
    String piece(int id);

    /** The id of a piece, or -1. */
    int id(String piece);

    /** Whether the id is a special token, which is never shown. */
    boolean isSpecial(int id);

    /** Ids are below this. */
    int size();
}
