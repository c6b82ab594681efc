package dev.matryoshka.engine;

import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.Epilogue;
import dev.matryoshka.engine.backend.Program;
import dev.matryoshka.engine.backend.StepParams;
import dev.matryoshka.engine.backend.Workspace;
import dev.matryoshka.engine.weights.DType;
import dev.matryoshka.engine.weights.SyntheticWeights;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Measures a device's matrix products in the sizes of Gemma 3n's layers. Each program multiplies with many matrices, one
 * after the other, so that no cache holds the weights and a submit's own cost is shared.
 */
public final class ProductBenchmark {
    private static final long BYTES = 256L << 20;
    private static final int MOST = 256;
    private static final int RUNS = 5;

    /** Columns out and depth: attention, both sides of the feed-forward, per-layer input. */
    private static final int[][] SIZES = {{2048, 2048}, {8192, 2048}, {2048, 8192}, {256, 2048}};

    private ProductBenchmark() {}

    /**
     * One product.
     *
     * @param rows of x
     * @param columns of the result
     * @param depth that is summed over
     * @param seconds it takes, the best of some runs
     */
    public record Result(DType type, int rows, int columns, int depth, double seconds) {
        /** Bytes of weights read a second. */
        public double bytesPerSecond() {
            return type.bytes((long) columns * depth) / seconds;
        }

        /** Multiplications and additions a second. */
        public double flops() {
            return 2.0 * rows * columns * depth / seconds;
        }
    }

    /** Measures every size with weights of a type. */
    public static List<Result> run(Backend backend, DType type, int... rows) {
        List<Result> results = new ArrayList<>();
        for (int[] size : SIZES) {
            int copies = Math.clamp(BYTES / type.bytes((long) size[0] * size[1]), 1, MOST);
            try (SyntheticWeights weights =
                            new SyntheticWeights(Map.of("w", List.of(copies * size[0], size[1])), 1, type);
                    Workspace workspace = backend.workspace("activations")) {
                DeviceTensor all = backend.load(weights.require("w", copies * size[0], size[1]));
                for (int count : rows) {
                    DeviceTensor x = workspace.allocate(DType.F32, count, size[1]);
                    DeviceTensor out = workspace.allocate(DType.F32, count, size[0]);
                    backend.write(x, SyntheticWeights.uniform("x", count * size[1], 1));
                    double seconds = best(backend, all, x, out, copies) / copies;
                    results.add(new Result(type, count, size[0], size[1], seconds));
                }
            }
        }
        return results;
    }

    private static double best(Backend backend, DeviceTensor w, DeviceTensor x, DeviceTensor out, int copies) {
        int columns = out.columns();
        try (Program program = backend.record(
                "products",
                ops -> IntStream.range(0, copies)
                        .forEach(i -> ops.matmul(out, x, w.rows(i * columns, columns), Epilogue.NONE)))) {
            double best = Double.MAX_VALUE;
            for (int run = 0; run <= RUNS; run++) { // the first, for the JIT, is slow
                long start = System.nanoTime();
                program.run(StepParams.ALL);
                best = Math.min(best, (System.nanoTime() - start) / 1e9);
            }
            return best;
        }
    }
}
