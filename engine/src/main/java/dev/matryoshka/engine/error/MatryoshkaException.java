package dev.matryoshka.engine.error;

import org.jspecify.annotations.Nullable;

/**
 * A failure the user can act on. The message is one line: what is wrong, then what to do about it.
 *
 * <p>Subclasses name the kind of failure; programming errors stay {@link IllegalArgumentException} and the like.
 */
public abstract class MatryoshkaException extends RuntimeException {
    private static final int LONGEST = 500;

    private final String problem;
    private final String remedy;

    protected MatryoshkaException(String problem, String remedy, @Nullable Throwable cause) {
        super(oneLine(problem) + ": " + oneLine(remedy), cause);
        this.problem = oneLine(problem);
        this.remedy = oneLine(remedy);
    }

    /** What is wrong, without a full stop. */
    public String problem() {
        return problem;
    }

    /** What the user can do about it. */
    public String remedy() {
        return remedy;
    }

    /** Texts may quote a file: no line breaks, nothing that a terminal obeys, no page of it. */
    private static String oneLine(String text) {
        String line = text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
        return line.replaceAll("\\s*\\R\\s*", " ").replaceAll("\\p{Cntrl}", "?").strip();
    }
}
