package dev.matryoshka.gpu;

import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.Epilogue;
import dev.matryoshka.engine.backend.MemoryLedger;
import dev.matryoshka.engine.error.DeviceException;
import dev.matryoshka.engine.weights.DType;
import dev.matryoshka.engine.weights.SyntheticWeights;
import dev.matryoshka.gpu.device.DeviceBuffer;
import dev.matryoshka.gpu.vk.Recording;
import dev.matryoshka.gpu.vk.VulkanDevice;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * Lets a device that has cooperative matrices multiply with them and without: they are used where the results agree and
 * come sooner. Drivers differ in both.
 */
record CooperativeTrial(VulkanDevice device, DeviceBuffer step, Floats floats, Constants constants, long maxBinding) {
    private static final int ROWS = 256;
    private static final int COLUMNS = 2048;
    private static final int DEPTH = 1024;
    private static final int EXPONENTS = 24; // of activations, up and down from 1
    private static final int RUNS = 4;
    private static final double CLOSE = 1e-4;

    /**
     * What a way of multiplying gave.
     *
     * @param seconds the best of some runs
     */
    @SuppressWarnings("ArrayRecordComponent")
    private record Outcome(float[] values, double seconds) {}

    /** The given tuning, with cooperative matrices where they win. */
    Tuning choose(Tuning tuning) {
        Objects.requireNonNull(step.mapped()).set(ValueLayout.JAVA_INT, 4, Integer.MAX_VALUE); // every row is live
        try {
            return tuning.cooperative(Products.COOPERATIVE.stream().allMatch(type -> win(tuning, type)));
        } catch (DeviceException e) { // of a driver that can't compile it
            return tuning;
        }
    }

    private boolean win(Tuning tuning, DType type) {
        try (SyntheticWeights weights = new SyntheticWeights(Map.of("w", List.of(COLUMNS, DEPTH)), 1, type);
                WeightUploader uploader = new WeightUploader(device);
                Allocations memory = new Allocations(device, MemoryLedger.ACTIVATIONS)) {
            DeviceTensor w = uploader.load(weights.require("w", COLUMNS, DEPTH));
            DeviceTensor x = memory.matrix(ROWS, DEPTH);
            DeviceTensor out = memory.matrix(ROWS, COLUMNS);
            floats.write(x, activations());
            Outcome plain = multiply(tuning.cooperative(false), memory, out, x, w);
            Outcome cooperative = multiply(tuning.cooperative(true), memory, out, x, w);
            return cooperative.seconds < plain.seconds && agree(plain.values, cooperative.values);
        }
    }

    private Outcome multiply(Tuning tuning, Allocations scratch, DeviceTensor out, DeviceTensor x, DeviceTensor w) {
        VulkanOps ops = new VulkanOps(maxBinding, tuning, constants, scratch);
        ops.matmul(out, x, w, Epilogue.NONE);
        try (Recording recording = new Recording(device, "trial", ops.dispatches(), step, Long.MAX_VALUE)) {
            double best = Double.MAX_VALUE;
            for (int run = 0; run < RUNS; run++) {
                long start = System.nanoTime();
                recording.run();
                best = Math.min(best, (System.nanoTime() - start) / 1e9);
            }
            float[] values = new float[ROWS * COLUMNS];
            floats.read(out, values);
            return new Outcome(values, best);
        }
    }

    /** Each row of another magnitude, some beyond what float16 holds. */
    private static float[] activations() {
        float[] values = SyntheticWeights.uniform("x", ROWS * DEPTH, 1);
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.scalb(values[i], i / DEPTH % (2 * EXPONENTS + 1) - EXPONENTS);
        }
        return values;
    }

    /** By the largest of each row. */
    private static boolean agree(float[] expected, float[] actual) {
        return IntStream.range(0, ROWS).allMatch(row -> {
            IntStream places = IntStream.range(row * COLUMNS, (row + 1) * COLUMNS);
            double largest =
                    places.mapToDouble(i -> Math.abs(expected[i])).max().orElseThrow();
            return IntStream.range(row * COLUMNS, (row + 1) * COLUMNS)
                    .allMatch(i -> Math.abs(expected[i] - actual[i]) <= CLOSE * largest);
        });
    }
}
