package dev.matryoshka.engine.selftest;

import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.Epilogue;
import dev.matryoshka.engine.backend.Program;
import dev.matryoshka.engine.backend.StepParams;
import dev.matryoshka.engine.backend.Workspace;
import dev.matryoshka.engine.weights.DType;
import dev.matryoshka.engine.weights.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A short look at a device before anyone relies on it: a few products against the CPU, then the product that bounds a decoded
 * token, a vector with a matrix of Q4_0 that no cache holds.
 */
public final class DeviceCheck {
    private static final int COLUMNS = 2048; // E2B's hidden size
    private static final int ROWS = 1 << 17; // 151 MB; the largest caches of desktop GPUs hold 96 to 128
    private static final int PERIOD = 4099 * 18; // bytes that repeat: a prime number of blocks, so that rows differ
    private static final int LEAST_PASSES = 3;
    private static final long MOST_NANOS = 300_000_000;
    private static final int ROWS_BETWEEN_SAMPLES = 1021;
    private static final double TOLERANCE = 1e-3; // activations may be rounded to 16 bits

    private DeviceCheck() {}

    /**
     * How it went.
     *
     * @param bytesPerSecond of the matrix, in the best of several passes
     * @param fault what differs from the CPU, as in {@code matmul BF16 differs by 0.3}; null where nothing does
     */
    public record Result(double bytesPerSecond, @Nullable String fault) {}

    /** Checks a device; holds 151 MB on both sides meanwhile. */
    public static Result run(Backend device, Backend cpu) {
        for (ParityCase few : ParityCases.few()) {
            Parity.Result result = Parity.compare(few, device, cpu);
            if (!result.passed()) {
                return new Result(0, differs(result.name(), result.error()));
            }
        }
        try (Arena arena = Arena.ofShared()) {
            return matrixTimesVector(device, matrix(arena));
        }
    }

    private static Tensor matrix(Arena arena) {
        DType type = DType.Q4_0;
        SplittableRandom random = new SplittableRandom(1);
        byte[] pattern = new byte[PERIOD];
        random.nextBytes(pattern);
        MemorySegment blocks = MemorySegment.ofArray(pattern);
        for (int block = 0; block < PERIOD; block += type.blockBytes()) {
            float scale = (float) (1 + random.nextDouble()) / 256; // results are around 1
            blocks.set(ValueLayout.JAVA_SHORT_UNALIGNED, block, Float.floatToFloat16(scale));
        }
        MemorySegment data = arena.allocate(type.bytes((long) ROWS * COLUMNS), 64);
        for (long at = 0; at < data.byteSize(); at += PERIOD) {
            MemorySegment.copy(blocks, 0, data, at, Math.min(PERIOD, data.byteSize() - at));
        }
        return new Tensor("check", type, List.of(ROWS, COLUMNS), data);
    }

    private static Result matrixTimesVector(Backend device, Tensor matrix) {
        float[] vector = new float[COLUMNS];
        SplittableRandom random = new SplittableRandom(2);
        for (int i = 0; i < COLUMNS; i++) {
            vector[i] = (float) (random.nextDouble() * 2 - 1);
        }
        try (Workspace workspace = device.workspace("activations")) {
            DeviceTensor w = device.load(matrix);
            DeviceTensor x = workspace.allocate(1, COLUMNS);
            DeviceTensor out = workspace.allocate(1, ROWS);
            device.write(x, vector);
            try (Program program = device.record("check", ops -> ops.matmul(out, x, w, Epilogue.NONE))) {
                long best = time(program);
                float[] results = new float[ROWS];
                device.read(out, results);
                return new Result(matrix.data().byteSize() / (best / 1e9), fault(matrix, vector, results));
            }
        }
    }

    /** Nanoseconds of the best pass. */
    private static long time(Program program) {
        long best = Long.MAX_VALUE;
        long start = System.nanoTime();
        for (int pass = 0; pass < LEAST_PASSES || System.nanoTime() - start < MOST_NANOS; pass++) {
            long before = System.nanoTime();
            program.run(StepParams.ALL);
            best = Math.min(best, System.nanoTime() - before);
        }
        return best;
    }

    /** Compares some rows with plain sums. */
    private static @Nullable String fault(Tensor matrix, float[] vector, float[] results) {
        for (int row = 0; row < ROWS; row += ROWS_BETWEEN_SAMPLES) {
            float[] weights = matrix.toFloats((long) row * COLUMNS, COLUMNS);
            double sum = 0;
            for (int i = 0; i < COLUMNS; i++) {
                sum += (double) weights[i] * vector[i];
            }
            double error = Parity.error((float) sum, results[row]);
            if (!(error <= TOLERANCE)) {
                return differs("row " + row + " of a product with Q4_0", error);
            }
        }
        return null;
    }

    private static String differs(String what, double error) {
        return String.format(Locale.ROOT, "%s differs by %.2g", what, error);
    }
}
