package dev.matryoshka.engine.sampling;

/** A token that a smaller model proposes, see {@link Sampler#verify}. */
public final class Draft {
    private final int id;
    private final Candidates from;

    Draft(int id, Candidates from) {
        this.id = id;
        this.from = from;
    }

    /** The token. */
    public int id() {
        return id;
    }

    /** What it was drawn from. */
    Candidates from() {
        return from;
    }
}
