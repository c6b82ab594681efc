package dev.matryoshka.engine.backend;

/**
 * Causal attention over a ring cache of keys and values.
 *
 * @param heads query heads
 * @param kvHeads key and value heads; {@code heads / kvHeads} queries share one
 * @param headDim width of a head
 * @param window tokens seen, the query's own included; {@link Integer#MAX_VALUE} for all
 * @param scale factor of the dot product
 */
public record AttentionSpec(int heads, int kvHeads, int headDim, int window, float scale) {}
