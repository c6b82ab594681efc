package dev.matryoshka.engine.sampling;

import java.util.stream.IntStream;

/** Logits of every token of a vocabulary, of which few may be wanted. */
@FunctionalInterface
public interface Scores {
    /** All of them, [vocabulary]; a copy. */
    float[] all();

    /** Some tokens, ids ascending, among them the {@code count} with the largest logits and every one that is NaN. */
    default Largest largest(int count) {
        float[] all = all();
        return new Largest(IntStream.range(0, all.length).toArray(), all);
    }

    /** Tokens and their logits. */
    @SuppressWarnings("ArrayRecordComponent")
    record Largest(int[] ids, float[] logits) {}
}
