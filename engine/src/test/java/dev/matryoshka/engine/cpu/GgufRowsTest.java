package dev.matryoshka.engine.cpu;

import static dev.matryoshka.engine.support.Golden.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.Epilogue;
import dev.matryoshka.engine.support.Golden;
import dev.matryoshka.engine.support.Matrices;
import dev.matryoshka.engine.support.Matrices.Matrix;
import dev.matryoshka.engine.weights.DType;
import dev.matryoshka.engine.weights.SafetensorsFile;
import dev.matryoshka.engine.weights.Tensor;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** Products with the reference's blocks equal those with its values: one row and many, whole and narrowed. */
class GgufRowsTest {
    private static final int ROWS = 4;
    private static final int COLUMNS = 512;

    private final SafetensorsFile golden = Golden.open("gguf/blocks.safetensors");
    private final CpuBackend backend = new CpuBackend(2);
    private final Matrices matrices = new Matrices(backend);

    @AfterEach
    void close() {
        matrices.close();
        backend.close();
        golden.close();
    }

    private DeviceTensor load(DType type) {
        return load(type, COLUMNS);
    }

    private DeviceTensor load(DType type, int columns) {
        Tensor raw = Objects.requireNonNull(golden.find(type + ".raw"));
        return backend.load(new Tensor("blocks", type, List.of(ROWS * COLUMNS / columns, columns), raw.data()));
    }

    @ParameterizedTest
    @EnumSource(
            mode = Mode.EXCLUDE,
            names = {"F32", "I64", "I32", "U8"})
    void products(DType type) {
        check(type, 0, ROWS, 0, COLUMNS, 1);
        check(type, 0, ROWS, 0, COLUMNS, 6);
    }

    @ParameterizedTest
    @EnumSource(
            mode = Mode.EXCLUDE,
            names = {"F32", "I64", "I32", "U8"})
    void productsWithNarrowedViews(DType type) {
        check(type, 1, 3, 256, 256, 1);
        check(type, 1, 2, 0, 256, 5);
    }

    /** Rows longer than the product works on at a time. */
    @ParameterizedTest
    @EnumSource(
            mode = Mode.EXCLUDE,
            names = {"F32", "I64", "I32", "U8"})
    void productsOfLongRows(DType type) {
        check(type, load(type, 1024), 0, 1024, 1);
        check(type, load(type, 1024), 0, 1024, 6);
    }

    private void check(DType type, int row, int rows, int column, int columns, int tokens) {
        check(type, load(type).rows(row, rows).columns(column, columns), row * COLUMNS + column, COLUMNS, tokens);
    }

    /** The product with a view that starts at a value and whose rows are {@code stride} apart. */
    private void check(DType type, DeviceTensor w, int start, int stride, int tokens) {
        float[] values = Golden.floats(golden, type + ".values");
        int rows = w.rows();
        int columns = w.columns();
        Matrix x = matrices.view(tokens, columns);
        Matrix out = matrices.view(tokens, rows);
        matrices.run(ops -> ops.matmul(out.tensor(), x.tensor(), w, Epilogue.NONE));
        float[] expected = new float[tokens * rows];
        double size = 0;
        for (int i = 0; i < expected.length; i++) {
            double sum = 0;
            size = 0;
            for (int c = 0; c < columns; c++) {
                double product = (double) x.at(i / rows, c) * values[start + i % rows * stride + c];
                sum += product;
                size = Math.max(size, Math.abs(product));
            }
            expected[i] = (float) sum;
        }
        assertClose("product", expected, matrices.read(out), (float) (size * Math.sqrt(columns) * 1e-6));
    }

    @ParameterizedTest
    @EnumSource(
            mode = Mode.EXCLUDE,
            names = {"F32", "I64", "I32", "U8"})
    void unpackedAsTheTensor(DType type) {
        Tensor raw = Objects.requireNonNull(golden.find(type + ".raw"));
        float[] values = new Tensor("blocks", type, List.of(ROWS, COLUMNS), raw.data()).toFloats();
        float[] into = new float[258];
        WeightRows.of(load(type)).unpack(2, 256, 256, into, 1);
        float[] expected = new float[into.length];
        System.arraycopy(values, 2 * COLUMNS + 256, expected, 1, 256);
        assertArrayEquals(expected, into);
    }

    @ParameterizedTest
    @EnumSource(names = {"Q4_1", "Q5_0", "Q5_1", "IQ4_NL", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K", "IQ4_XS"})
    void viewsThatCutBlocksAreRefused(DType type) {
        DeviceTensor w = load(type);
        assertThrows(IllegalArgumentException.class, () -> WeightRows.of(w.columns(0, type.blockElements() / 2)));
        assertThrows(IllegalArgumentException.class, () -> WeightRows.of(w.columns(16, type.blockElements())));
    }
}
