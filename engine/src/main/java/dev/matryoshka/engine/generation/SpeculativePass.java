package dev.matryoshka.engine.generation;

/**
 * What one pass of speculative decoding did.
 *
 * @param drafted tokens that the small slice proposed
 * @param accepted those of them that the large slice agreed to; it chose one token more
 * @param draftSeconds of drafting
 * @param verifySeconds of the large slice's step and the choice
 */
public record SpeculativePass(int drafted, int accepted, double draftSeconds, double verifySeconds) {
    /** One that came to nothing. */
    public static final SpeculativePass NONE = new SpeculativePass(0, 0, 0, 0);
}
