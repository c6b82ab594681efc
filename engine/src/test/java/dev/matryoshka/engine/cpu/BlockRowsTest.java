package dev.matryoshka.engine.cpu;

import static dev.matryoshka.engine.support.Golden.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.Epilogue;
import dev.matryoshka.engine.support.Matrices;
import dev.matryoshka.engine.support.Matrices.Matrix;
import dev.matryoshka.engine.weights.DType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Products with stored blocks equal those with their values as float32; the few and the many rows of a product both. */
class BlockRowsTest {
    private final CpuBackend backend = new CpuBackend(2);
    private final Matrices matrices = new Matrices(backend);

    @AfterEach
    void close() {
        matrices.close();
        backend.close();
    }

    @ParameterizedTest
    @CsvSource({
        "Q8_0,1,32,1", "Q8_0,131,32,1", "Q8_0,131,96,3", "Q8_0,7,1312,17", "Q8_0,33,64,5",
        "Q4_0,1,32,1", "Q4_0,131,32,1", "Q4_0,131,96,3", "Q4_0,7,1312,17", "Q4_0,33,64,5"
    })
    void productsWithFloat32Activations(DType type, int outputs, int columns, int tokens) {
        Matrix w = matrices.weight(type, outputs, columns);
        check(w.tensor(), w.values(), columns, tokens);
    }

    /** Rows and columns of a larger matrix, as the slices of a MatFormer take them. */
    @ParameterizedTest
    @CsvSource({
        "Q8_0,0,32,1", "Q8_0,64,96,1", "Q8_0,32,64,9", "Q8_0,0,160,4",
        "Q4_0,0,32,1", "Q4_0,64,96,1", "Q4_0,32,64,9", "Q4_0,0,160,4"
    })
    void productsWithNarrowedViews(DType type, int from, int columns, int tokens) {
        Matrix w = matrices.weight(type, 40, 160);
        DeviceTensor view = w.tensor().rows(3, 21).columns(from, columns);
        float[] values = new float[21 * columns];
        for (int row = 0; row < 21; row++) {
            System.arraycopy(w.values(), (row + 3) * 160 + from, values, row * columns, columns);
        }
        check(view, values, columns, tokens);
    }

    private void check(DeviceTensor w, float[] values, int columns, int tokens) {
        Matrix x = matrices.view(tokens, columns);
        Matrix out = matrices.view(tokens, w.rows());
        matrices.run(ops -> ops.matmul(out.tensor(), x.tensor(), w, Epilogue.NONE));
        float[] expected = new float[tokens * w.rows()];
        for (int i = 0; i < expected.length; i++) {
            double sum = 0;
            for (int c = 0; c < columns; c++) {
                sum += (double) x.at(i / w.rows(), c) * values[i % w.rows() * columns + c];
            }
            expected[i] = (float) sum;
        }
        assertClose("product", expected, matrices.read(out), 1e-4f);
    }

    @ParameterizedTest
    @EnumSource(names = {"Q8_0", "Q4_0"})
    void unpackedToTheBit(DType type) {
        Matrix w = matrices.weight(type, 2, 96);
        float[] into = new float[66];
        WeightRows.of(w.tensor()).unpack(1, 32, 64, into, 1);
        float[] expected = new float[into.length];
        for (int i = 0; i < 64; i++) {
            expected[1 + i] = w.at(1, 32 + i);
        }
        assertArrayEquals(expected, into);
    }

    @ParameterizedTest
    @EnumSource(names = {"Q8_0", "Q4_0"})
    void viewsThatCutBlocksAreRefused(DType type) {
        DeviceTensor w = matrices.weight(type, 2, 96).tensor();
        assertThrows(IllegalArgumentException.class, () -> WeightRows.of(w.columns(0, 48)));
        assertThrows(IllegalArgumentException.class, () -> WeightRows.of(w.columns(16, 32)));
    }
}
