package dev.matryoshka.engine.generation;

/**
 * How many tokens to draft next: two more after a pass in which all were accepted, else one less (transformers'
 * {@code num_assistant_tokens_schedule="heuristic"}).
 */
public final class DraftLength {
    private static final int FIRST = 4;

    private int next = FIRST;

    /** Tokens to draft, 1 to {@link Drafter#MOST}. */
    public int next() {
        return next;
    }

    /** Learns from a pass. */
    public void after(SpeculativePass pass) {
        int better = pass.accepted() == pass.drafted() ? next + 2 : next - 1;
        next = Math.clamp(better, 1, Drafter.MOST);
    }
}
