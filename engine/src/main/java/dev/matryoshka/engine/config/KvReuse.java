package dev.matryoshka.engine.config;

/** What the keys and values that one slice computed are to another slice. */
public enum KvReuse {
    /** What it would have computed itself. */
    EXACT,
    /** Of the right layers, and nearly right: feed-forward blocks of another width came before them. */
    APPROXIMATE,
    /** Layers are missing: everything has to be computed again. */
    NONE
}
