package dev.matryoshka.engine.selftest;

import dev.matryoshka.engine.backend.Ops;
import dev.matryoshka.engine.backend.StepParams;

/**
 * Operations to be computed on two backends.
 *
 * @param name operation and sizes
 * @param steps what the program is run with, one run each
 * @param margin columns of margin, see {@link Workbench}
 * @param tolerance largest difference over 1 + the larger magnitude
 * @param body makes matrices and records
 */
public record ParityCase(String name, StepParams[] steps, int margin, double tolerance, Body body) {
    /** Makes the matrices of a case, then records its operations. */
    @FunctionalInterface
    public interface Body {
        Recorder prepare(Workbench bench);
    }

    /** Records the operations of a case. */
    @FunctionalInterface
    public interface Recorder {
        void record(Ops ops);
    }

    @Override
    public String toString() {
        return name;
    }
}
