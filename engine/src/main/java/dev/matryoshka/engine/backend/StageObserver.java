package dev.matryoshka.engine.backend;

/** Sees each stage's output while a tower's program is recorded, to record more operations on it. */
@FunctionalInterface
public interface StageObserver {
    /** Adds nothing. */
    StageObserver NONE = (ops, name, values) -> {};

    /**
     * @param name {@code stem}, {@code stage.0}, {@code subsample}, {@code conformer.0}, …
     * @param values the stage's output, which later stages may overwrite
     */
    void after(Ops ops, String name, DeviceTensor values);
}
