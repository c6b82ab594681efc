package dev.matryoshka.engine;

/**
 * What a loaded model is, for people to read.
 *
 * @param id hub id or folder name, for example {@code google/gemma-3n-E2B-it}
 * @param parameters parameters in all, towers and embeddings included
 * @param effectiveParameters decoder parameters of the slice as published tables count them: all but the embedding tables
 *     and the towers
 * @param type stored type of most weights, for example {@code BF16}
 * @param contextLength tokens a conversation can hold
 * @param imageTokens tokens one picture takes; 0 where the model sees no pictures
 * @param audioTokens tokens one sound takes; 0 where the model hears no sounds
 * @param device what computes, for example {@code CPU, 2 threads, 256-bit vectors}
 * @param deviceReason why this device, one clause: {@code asked for}
 * @param fallback whether the CPU stands in for a device that failed
 * @param slice Mix-n-Match slice in use; {@code whole} for all of it
 */
public record ModelInfo(
        String id,
        long parameters,
        long effectiveParameters,
        String type,
        int contextLength,
        int imageTokens,
        int audioTokens,
        String device,
        String deviceReason,
        boolean fallback,
        String slice) {
    /** Tokens of a context that are kept free for an answer: before less is left, the oldest turns leave the model's view. */
    public static int answerRoom(int contextLength) {
        return contextLength / 4;
    }
}
