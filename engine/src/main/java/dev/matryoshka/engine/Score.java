package dev.matryoshka.engine;

/**
 * How one slice did on one {@link Question}.
 *
 * @param said the answer as given, or the choice; empty of a text
 * @param correct whether that is right
 * @param logLikelihood natural logarithm of the right answer's probability
 * @param tokens that it has
 * @param decoded tokens that were computed one by one
 * @param seconds that those took
 */
public record Score(String said, boolean correct, double logLikelihood, int tokens, int decoded, double seconds) {}
