package dev.matryoshka.engine.tokenizer;

/** Text to ids and back. Thread-safe. */
public interface Tokenizer {
    /**
     * Ids of a text, nothing added in front or behind.
     *
     * @param special whether special tokens written in the text are recognised; false for what a user typed.
     *     Added tokens that aren't special (Gemma's runs of line breaks, HTML tags) are recognised always
     */
    int[] encode(String text, boolean special);

    /** The text of some ids, special tokens spelled out. */
    String decode(int[] ids);

    /** Whether the id stands for one byte of a character, as {@code <0xE2>} does. */
    boolean isByte(int id);

    /** The piece as the vocabulary spells it. */
    String piece(int id);

    /** The id of a piece, or -1. */
    int id(String piece);

    /** Whether the id is a special token, which is never shown. */
    boolean isSpecial(int id);

    /** Ids are below this. */
    int size();
}
