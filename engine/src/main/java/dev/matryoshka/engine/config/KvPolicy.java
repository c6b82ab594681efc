package dev.matryoshka.engine.config;

/** What a change of slice does with keys and values that are not exactly the next slice's own. */
public enum KvPolicy {
    /** They are computed again before the next token. */
    RECOMPUTE,
    /** They are computed again beside the answer, which goes on with the slice before until that is done. */
    BACKGROUND,
    /** They stay where that is {@link KvReuse#APPROXIMATE}: nothing waits, and the answer says so. */
    KEEP
}
