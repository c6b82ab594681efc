package dev.matryoshka.engine.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.weights.DType;
import dev.matryoshka.engine.weights.Dequantizer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Integer products are as exact as those in float32, by every instruction set that there is here. */
class NativeRowsTest {
    private static final int ROWS = 7; // together and left over
    private static final int COLUMNS = 2048;

    private final Arena arena = Arena.ofConfined();
    private final Random random = new Random(11);

    static Stream<Arguments> kernels() {
        return Stream.of(1, NativeLibrary.NEWEST)
                .flatMap(level -> Stream.of(DType.Q4_0, DType.Q8_0, DType.Q4_K, DType.Q5_K, DType.Q6_K)
                        .filter(type -> level > 1 || type != DType.Q8_0)
                        .map(type -> Arguments.of(level, type)));
    }

    @AfterEach
    void close() {
        arena.close();
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void asExactAsFloat32(int level, DType type) {
        NativeRows kernel = kernel(level, type);
        MemorySegment w = blocks(type);
        float[] x = new float[COLUMNS + 5];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) random.nextGaussian() * (i % 97 == 0 ? 300 : 1); // as hot as the model's own
        }
        float[] out = dots(kernel, w, type, x, 5);
        WeightRows plain = WeightRows.of(new DeviceTensor(new CpuStorage.Mapped(w), type, 0, ROWS, COLUMNS, COLUMNS));
        for (int row = 0; row < ROWS; row++) {
            float[] weights = row(w, type, row);
            double sum = 0;
            double size = 0;
            for (int i = 0; i < COLUMNS; i++) {
                sum += (double) weights[i] * x[5 + i];
                size += Math.abs((double) weights[i] * x[5 + i]);
            }
            assertEquals(sum, out[row], 1e-6 * size, type + " of row " + row);
            assertEquals(sum, plain.dot(row, x, 5), 1e-6 * size, "without it, row " + row);
        }
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void nothingTimesWeightsIsNothingAndWhatIsNoNumberStaysNone(int level, DType type) {
        NativeRows kernel = kernel(level, type);
        MemorySegment w = blocks(type);
        float[] x = new float[COLUMNS];
        assertTrue(stream(dots(kernel, w, type, x, 0)).allMatch(value -> value == 0));
        Arrays.fill(x, Float.MIN_VALUE);
        assertTrue(stream(dots(kernel, w, type, x, 0)).allMatch(value -> Math.abs(value) < 1e-25));
        for (float none : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            x[777] = none;
            assertTrue(stream(dots(kernel, w, type, x, 0)).noneMatch(Double::isFinite));
        }
    }

    private static Stream<Double> stream(float[] values) {
        return Stream.iterate(0, i -> i + 1).limit(values.length).map(i -> (double) values[i]);
    }

    private static NativeRows kernel(int level, DType type) {
        NativeLibrary library = NativeLibrary.load(level);
        NativeRows kernel = library == null ? null : NativeRows.of(library, type);
        assumeTrue(kernel != null, "no C compiler, another processor, or no such instruction");
        return Objects.requireNonNull(kernel);
    }

    private static float[] dots(NativeRows kernel, MemorySegment w, DType type, float[] x, int at) {
        float[] out = new float[ROWS + 1];
        kernel.dots(w, type.bytes(COLUMNS), ROWS, kernel.quantized(2, x, at, COLUMNS), COLUMNS, out, 1);
        return Arrays.copyOfRange(out, 1, ROWS + 1);
    }

    /** Any bytes, with scales that are numbers. */
    private MemorySegment blocks(DType type) {
        byte[] bytes = new byte[Math.toIntExact(type.bytes((long) ROWS * COLUMNS))];
        random.nextBytes(bytes);
        MemorySegment w = arena.allocate(bytes.length).copyFrom(MemorySegment.ofArray(bytes));
        List<Integer> halves =
                type == DType.Q6_K ? List.of(208) : type.blockElements() == 256 ? List.of(0, 2) : List.of(0);
        for (int block = 0; block < bytes.length; block += type.blockBytes()) {
            for (int at : halves) {
                w.set(ValueLayout.JAVA_SHORT_UNALIGNED, block + at, Float.floatToFloat16(random.nextFloat() - 0.5f));
            }
        }
        return w;
    }

    private static float[] row(MemorySegment w, DType type, int row) {
        float[] values = new float[COLUMNS];
        for (int i = 0; i < COLUMNS; i += type.blockElements()) {
            Dequantizer.dequantize(type, w, type.bytes((long) row * COLUMNS + i), values, i);
        }
        return values;
    }
}
