package dev.matryoshka.engine.support;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.Ops;
import dev.matryoshka.engine.backend.Program;
import dev.matryoshka.engine.backend.StepParams;
import dev.matryoshka.engine.backend.Workspace;
import dev.matryoshka.engine.weights.DType;
import dev.matryoshka.engine.weights.Quantizer;
import dev.matryoshka.engine.weights.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/** Random matrices for one primitive: each is a view into a larger one whose other elements must not change. */
public final class Matrices implements AutoCloseable {
    private static final float SENTINEL = -12345.5f;
    private static final int MARGIN = 3;

    private final Backend backend;
    private final Workspace workspace;
    private final Random random = new Random(42);
    private final List<Matrix> made = new ArrayList<>();

    /** A view and the values that it had at first, without gaps. */
    public record Matrix(DeviceTensor tensor, float[] values, DeviceTensor around) {
        /** The value that stood there. */
        public float at(int row, int column) {
            return values[row * tensor.columns() + column];
        }

        public int rows() {
            return tensor.rows();
        }

        public int columns() {
            return tensor.columns();
        }
    }

    public Matrices(Backend backend) {
        this.backend = backend;
        workspace = backend.workspace("test");
    }

    /** A view with a margin on every side. */
    public Matrix view(int rows, int columns) {
        return view(rows, columns, uniform(rows * columns));
    }

    /** The same with given values. */
    public Matrix view(int rows, int columns, float[] values) {
        DeviceTensor around = workspace.allocate(rows + 2 * MARGIN, columns + 2 * MARGIN);
        DeviceTensor view = around.rows(MARGIN, rows).columns(MARGIN, columns);
        float[] all = new float[around.rows() * around.columns()];
        Arrays.fill(all, SENTINEL);
        backend.write(around, all);
        backend.write(view, values);
        Matrix matrix = new Matrix(view, values, around);
        made.add(matrix);
        return matrix;
    }

    /** A weight of a stored type; its values are those that the type can hold. */
    public Matrix weight(DType type, int rows, int columns) {
        float[] values = uniform(rows * columns);
        MemorySegment bytes = Arena.ofAuto().allocate(type.bytes(values.length), 64);
        if (type.isQuantized()) {
            Quantizer.quantize(type, values, bytes);
            Tensor stored = new Tensor("weight", type, List.of(rows, columns), bytes);
            DeviceTensor tensor = backend.load(stored);
            return new Matrix(tensor, stored.toFloats(), tensor);
        }
        for (int i = 0; i < values.length; i++) {
            switch (type) {
                case F32 -> bytes.setAtIndex(ValueLayout.JAVA_FLOAT, i, values[i]);
                case F16 -> {
                    short half = Float.floatToFloat16(values[i]);
                    bytes.setAtIndex(ValueLayout.JAVA_SHORT, i, half);
                    values[i] = Float.float16ToFloat(half);
                }
                case BF16 -> {
                    int bits = Float.floatToRawIntBits(values[i]) & 0xFFFF0000;
                    bytes.setAtIndex(ValueLayout.JAVA_SHORT, i, (short) (bits >>> 16));
                    values[i] = Float.intBitsToFloat(bits);
                }
                default -> throw new IllegalArgumentException("no weight of " + type);
            }
        }
        DeviceTensor tensor = backend.load(new Tensor("weight", type, List.of(rows, columns), bytes));
        return new Matrix(tensor, values, tensor);
    }

    /** Values in [-1, 1). */
    public float[] uniform(int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = 2 * random.nextFloat() - 1;
        }
        return values;
    }

    /** Records, runs, and checks that nothing around any view has changed. */
    public void run(Consumer<Ops> body) {
        try (Program program = backend.record("test", body)) {
            program.run(StepParams.ALL);
        }
        for (Matrix matrix : made) {
            checkMargins(matrix);
        }
    }

    private void checkMargins(Matrix m) {
        DeviceTensor around = m.around;
        float[] all = new float[around.rows() * around.columns()];
        backend.read(around, all);
        for (int row = 0; row < around.rows(); row++) {
            for (int column = 0; column < around.columns(); column++) {
                boolean inside =
                        row >= MARGIN && row < MARGIN + m.rows() && column >= MARGIN && column < MARGIN + m.columns();
                if (!inside) {
                    assertEquals(SENTINEL, all[row * around.columns() + column], "outside at " + row + ", " + column);
                }
            }
        }
    }

    /** What a view holds now. */
    public float[] read(Matrix matrix) {
        float[] values = new float[matrix.rows() * matrix.columns()];
        backend.read(matrix.tensor, values);
        return values;
    }

    @Override
    public void close() {
        workspace.close();
    }
}
