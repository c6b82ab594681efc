package dev.matryoshka.engine;

/** Hears an answer as it grows, on the thread that called {@link ChatSession#send}. Must return quickly. */
@FunctionalInterface
public interface TokenListener {
    /** The next piece of text; whole characters only, never empty. */
    void onText(String piece);

    /** Prompt tokens read so far, out of how many that are new in this turn. */
    default void onPrefill(int done, int total) {}

    /**
     * What the model reads: at the start of an answer, and where that changes in the middle of one.
     *
     * @param left turns of the conversation that it no longer does, the oldest ones
     */
    default void onWindow(int left) {}

    /** The slice that computes from the next token on: at the start of an answer, and after each change. */
    default void onSlice(Answer.SliceUse use) {}

    /**
     * The device failed; the turn goes on with the CPU, nothing said so far is lost.
     *
     * @param now the model where it is now; its {@link ModelInfo#deviceReason} says what failed
     */
    default void onFallback(ModelInfo now) {}
}
