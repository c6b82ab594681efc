package dev.matryoshka.engine;

/**
 * A finished (or stopped) answer and what it took.
 *
 * @param text the whole answer
 * @param promptTokens tokens of this turn's prompt that were computed (earlier turns come from the K/V cache)
 * @param generatedTokens tokens produced, without the stop token
 * @param timeToFirstTokenSeconds from the call to the first generated token, attachments encoded in between
 * @param prefillTokensPerSecond prompt tokens over the time of the decoder's prefill alone
 * @param decodeTokensPerSecond generated tokens after the first over their time; 0 where there is at most one
 * @param stopReason why it ended
 * @param seed the seed that replays it
 */
public record Answer(
        String text,
        int promptTokens,
        int generatedTokens,
        double timeToFirstTokenSeconds,
        double prefillTokensPerSecond,
        double decodeTokensPerSecond,
        StopReason stopReason,
        long seed) {
    /** Why an answer ended. */
    public enum StopReason {
        /** The model said that it is done. */
        END_OF_TURN,
        /** {@link GenerationConfig#maxTokens()} was reached. */
        MAX_TOKENS,
        /** {@link ChatSession#stop()} was called. */
        STOPPED,
        /** The context is full. */
        CONTEXT_FULL
    }
}
