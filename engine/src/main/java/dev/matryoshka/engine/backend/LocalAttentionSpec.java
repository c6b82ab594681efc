package dev.matryoshka.engine.backend;

/**
 * Attention of a Conformer block. Frames come in chunks; a query sees the {@code past} frames before it, itself and the
 * {@code future} frames after it, as far as they lie in its chunk's context.
 *
 * @param heads heads
 * @param headDim width of a head
 * @param chunk queries of a chunk
 * @param past frames seen before the query's own
 * @param future frames seen after it
 * @param cap soft cap of the logits
 */
public record LocalAttentionSpec(int heads, int headDim, int chunk, int past, int future, float cap) {}
