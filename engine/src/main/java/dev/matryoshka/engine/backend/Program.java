package dev.matryoshka.engine.backend;

/** A recorded sequence of operations, replayed many times. */
public interface Program extends AutoCloseable {
    /** Runs everything and waits for it; allocates no device memory. */
    void run(StepParams params);

    @Override
    void close();
}
