package dev.matryoshka.engine.selftest;

import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.backend.Program;
import dev.matryoshka.engine.backend.StepParams;
import java.util.List;

/** Runs cases on two backends and compares everything that they left in memory. */
public final class Parity {
    private static final int SEED = 20;

    private Parity() {}

    /**
     * How a case went.
     *
     * @param name the case's
     * @param error largest difference over 1 + the larger magnitude; infinite where only one has a number
     * @param tolerance what is allowed
     */
    public record Result(String name, double error, double tolerance) {
        /** Whether the two agree. */
        public boolean passed() {
            return error <= tolerance;
        }
    }

    /** Compares one case on a device with the reference. */
    public static Result compare(ParityCase parityCase, Backend device, Backend reference) {
        List<float[]> expected = run(parityCase, reference);
        List<float[]> actual = run(parityCase, device);
        double error = 0;
        for (int i = 0; i < expected.size(); i++) {
            error = Math.max(error, error(expected.get(i), actual.get(i)));
        }
        return new Result(parityCase.name(), error, parityCase.tolerance());
    }

    private static List<float[]> run(ParityCase parityCase, Backend backend) {
        try (Workbench bench = new Workbench(backend, SEED, parityCase.margin())) {
            ParityCase.Recorder recorder = parityCase.body().prepare(bench);
            try (Program program = backend.record(parityCase.name(), recorder::record)) {
                for (StepParams step : parityCase.steps()) {
                    program.run(step);
                }
            }
            return bench.contents();
        }
    }

    private static double error(float[] expected, float[] actual) {
        double most = 0;
        for (int i = 0; i < expected.length; i++) {
            most = Math.max(most, error(expected[i], actual[i]));
        }
        return most;
    }

    static double error(float expected, float actual) {
        if (Float.compare(expected, actual) == 0 || (Float.isNaN(expected) && Float.isNaN(actual))) {
            return 0;
        }
        double error = Math.abs((double) expected - actual) / (1 + Math.max(Math.abs(expected), Math.abs(actual)));
        return Double.isNaN(error) ? Double.POSITIVE_INFINITY : error;
    }
}
