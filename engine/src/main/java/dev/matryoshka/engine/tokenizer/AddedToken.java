package dev.matryoshka.engine.tokenizer;

/**
 * A token that is cut out of a text before byte-pair encoding.
 *
 * @param special not recognised where a text may not have special tokens; never shown
 * @param normalized found after spaces became ▁, not before
 * @param singleWord found between word boundaries only
 * @param lstrip takes the white space before it along
 * @param rstrip takes the white space after it along
 */
record AddedToken(
        int id,
        String content,
        boolean special,
        boolean normalized,
        boolean singleWord,
        boolean lstrip,
        boolean rstrip) {}
