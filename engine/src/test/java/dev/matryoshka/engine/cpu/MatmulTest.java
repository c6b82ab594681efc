package dev.matryoshka.engine.cpu;

import static dev.matryoshka.engine.support.Golden.assertClose;

import dev.matryoshka.engine.backend.Epilogue;
import dev.matryoshka.engine.support.Matrices;
import dev.matryoshka.engine.support.Matrices.Matrix;
import dev.matryoshka.engine.weights.DType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Products in every shape of tile, its edges included, against a plain loop. */
class MatmulTest {
    private final CpuBackend backend = new CpuBackend(2);
    private final Matrices matrices = new Matrices(backend);

    @AfterEach
    void close() {
        matrices.close();
        backend.close();
    }

    @ParameterizedTest(name = "{0}: {1} rows, depth {2}, {3} columns")
    @CsvSource({
        "F32,1,1,1",
        "F32,4,17,4",
        "F32,5,1100,7",
        "F32,127,33,3",
        "F32,128,3,70",
        "F32,391,600,129",
        "BF16,3,70,5",
        "BF16,6,1041,9",
        "BF16,130,70,65",
        "F16,7,530,66",
        "F16,193,1030,64",
        "Q8_0,6,1056,9",
        "Q8_0,131,1056,70",
        "Q4_0,5,2080,6",
        "Q4_0,193,544,67"
    })
    void equalsAPlainLoop(DType type, int rows, int depth, int columns) {
        Matrix w = matrices.weight(type, columns, depth);
        Matrix x = matrices.view(rows, depth);
        Matrix out = matrices.view(rows, columns);
        matrices.run(ops -> ops.matmul(out.tensor(), x.tensor(), w.tensor(), Epilogue.NONE));
        float[] expected = new float[rows * columns];
        for (int i = 0; i < expected.length; i++) {
            double sum = 0;
            for (int k = 0; k < depth; k++) {
                sum += (double) x.at(i / columns, k) * w.at(i % columns, k);
            }
            expected[i] = (float) sum;
        }
        assertClose("product", expected, matrices.read(out), 1e-4f);
    }
}
