package dev.matryoshka.engine.tokenizer;

/** White space and words as Unicode defines {@code \s} and {@code \w}. */
final class Words {
    private Words() {}

    /** White_Space; Java's own notion lacks the no-break spaces. */
    private static boolean isSpace(int c) {
        return c >= '\t' && c <= '\r' || c == 0x85 || Character.isSpaceChar(c);
    }

    private static boolean isWord(int c) {
        return Character.isAlphabetic(c)
                || switch (Character.getType(c)) {
                    case Character.NON_SPACING_MARK,
                            Character.COMBINING_SPACING_MARK,
                            Character.ENCLOSING_MARK,
                            Character.DECIMAL_DIGIT_NUMBER,
                            Character.CONNECTOR_PUNCTUATION -> true;
                    default -> c == 0x200C || c == 0x200D;
                };
    }

    /** Whether a word goes on over one of the ends of {@code text[from, to)}. */
    static boolean touch(String text, int from, int to) {
        return from > 0 && isWord(text.codePointBefore(from)) || to < text.length() && isWord(text.codePointAt(to));
    }

    /** Where the white space before a place starts. */
    static int spaceStart(String text, int at) {
        int start = at;
        while (start > 0 && isSpace(text.charAt(start - 1))) {
            start--;
        }
        return start;
    }

    /** Where the white space after a place ends. */
    static int spaceEnd(String text, int at) {
        int end = at;
        while (end < text.length() && isSpace(text.charAt(end))) {
            end++;
        }
        return end;
    }

    /** Without the white space around it, as Python's {@code str.strip}, which takes four separators for white space too. */
    static String strip(String text) {
        int from = 0;
        int to = text.length();
        while (from < to && isStripped(text.charAt(from))) {
            from++;
        }
        while (from < to && isStripped(text.charAt(to - 1))) {
            to--;
        }
        return text.substring(from, to);
    }

    private static boolean isStripped(char c) {
        return isSpace(c) || c >= 0x1C && c <= 0x1F;
    }
}
