package dev.matryoshka.engine.cpu;

import dev.matryoshka.engine.backend.StepParams;

/** One recorded operation. */
@FunctionalInterface
interface Step {
    void run(StepParams params);
}
