package dev.matryoshka.engine;

import static dev.matryoshka.engine.support.Golden.assertClose;

import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.Epilogue;
import dev.matryoshka.engine.backend.Program;
import dev.matryoshka.engine.backend.StepParams;
import dev.matryoshka.engine.backend.Workspace;
import dev.matryoshka.engine.support.Golden;
import dev.matryoshka.engine.support.TestDevice;
import dev.matryoshka.engine.weights.DType;
import dev.matryoshka.engine.weights.SafetensorsFile;
import dev.matryoshka.engine.weights.Tensor;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** What a device reads from blocks of every type, against the values that the {@code gguf} package reads. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GgufBlocksReferenceTest {
    private static final int ROWS = 4;
    private static final int COLUMNS = 512;

    private final SafetensorsFile golden = Golden.open("gguf/blocks.safetensors");
    private Backend backend;

    @BeforeAll
    void open() {
        backend = TestDevice.open();
    }

    @AfterAll
    void close() {
        backend.close();
        golden.close();
    }

    /** Rows of x that pick one column each. */
    @ParameterizedTest
    @EnumSource(
            mode = Mode.EXCLUDE,
            names = {"F32", "I64", "I32", "U8"})
    void everyValue(DType type) {
        float[] values = Golden.floats(golden, type + ".values");
        float[] picks = new float[COLUMNS * COLUMNS];
        float[] expected = new float[COLUMNS * ROWS];
        for (int column = 0; column < COLUMNS; column++) {
            picks[column * COLUMNS + column] = 1;
            for (int row = 0; row < ROWS; row++) {
                expected[column * ROWS + row] = values[row * COLUMNS + column];
            }
        }
        assertClose(type.name(), expected, product(type, COLUMNS, picks), largest(values) * 0x1p-22f);
    }

    /** A single row of x goes through other kernels. */
    @ParameterizedTest
    @EnumSource(
            mode = Mode.EXCLUDE,
            names = {"F32", "I64", "I32", "U8"})
    void oneRow(DType type) {
        float[] values = Golden.floats(golden, type + ".values");
        float[] x = new float[COLUMNS];
        float[] expected = new float[ROWS];
        for (int i = 0; i < COLUMNS; i++) {
            x[i] = (float) Math.cos(i);
            for (int row = 0; row < ROWS; row++) {
                expected[row] += x[i] * values[row * COLUMNS + i];
            }
        }
        float rounding = TestDevice.roundsActivations() ? 0x1p-15f : 0x1p-20f;
        assertClose(
                type.name(), expected, product(type, 1, x), largest(values) * (float) Math.sqrt(COLUMNS) * rounding);
    }

    private float[] product(DType type, int rows, float[] values) {
        Tensor raw = Objects.requireNonNull(golden.find(type + ".raw"));
        DeviceTensor w = backend.load(new Tensor("blocks", type, List.of(ROWS, COLUMNS), raw.data()));
        try (Workspace workspace = backend.workspace("activations")) {
            DeviceTensor x = workspace.allocate(rows, COLUMNS);
            DeviceTensor out = workspace.allocate(rows, ROWS);
            backend.write(x, values);
            try (Program program = backend.record("product", ops -> ops.matmul(out, x, w, Epilogue.NONE))) {
                program.run(StepParams.ALL);
            }
            float[] result = new float[rows * ROWS];
            backend.read(out, result);
            return result;
        }
    }

    private static float largest(float[] values) {
        float largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }
}
