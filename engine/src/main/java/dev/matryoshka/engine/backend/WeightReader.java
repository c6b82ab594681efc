package dev.matryoshka.engine.backend;

import dev.matryoshka.engine.weights.DType;
import dev.matryoshka.engine.weights.Tensor;
import dev.matryoshka.engine.weights.WeightSource;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads weights below a prefix onto a device, checked against the shape that the configuration implies. Kernels of
 * convolutions are laid out with channels innermost, a copy in their stored type.
 *
 * @param source the checkpoint
 * @param backend where they go
 * @param prefix of every name
 * @param taken hears of each weight that was loaded
 */
public record WeightReader(WeightSource source, Backend backend, String prefix, Consumer<DeviceTensor> taken) {
    public WeightReader(WeightSource source, Backend backend, String prefix) {
        this(source, backend, prefix, weight -> {});
    }

    /** The same below a longer prefix. */
    public WeightReader below(String more) {
        return new WeightReader(source, backend, prefix + more, taken);
    }

    /** The same with another listener. */
    public WeightReader telling(Consumer<DeviceTensor> listener) {
        return new WeightReader(source, backend, prefix, listener);
    }

    private DeviceTensor take(DeviceTensor loaded) {
        taken.accept(loaded);
        return loaded;
    }

    /** A vector, one row. */
    public DeviceTensor vector(String name, int size) {
        return take(backend.loadSmall(require(name, size)));
    }

    /** A small matrix [rows, columns]. */
    public DeviceTensor coefficients(String name, int rows, int columns) {
        return take(backend.loadSmall(require(name, rows, columns)));
    }

    /** A matrix [rows, columns]. */
    public DeviceTensor matrix(String name, int rows, int columns) {
        return take(backend.load(require(name, rows, columns)));
    }

    /** The first rows and columns of one. */
    public DeviceTensor matrix(String name, int rows, int columns, int firstRows, int firstColumns) {
        Tensor whole = require(name, rows, columns);
        return take(
                firstRows == rows && firstColumns == columns
                        ? backend.load(whole)
                        : backend.load(whole, firstRows, firstColumns));
    }

    /** A 1 x 1 convolution [out, in, 1, 1] as a matrix [out, in]. */
    public DeviceTensor pointwise(String name, int out, int in) {
        Tensor t = require(name, out, in, 1, 1);
        return take(backend.load(new Tensor(t.name(), t.type(), List.of(out, in), t.data())));
    }

    /** A convolution [out, in, height, width] as [out, height * width * in]. */
    public DeviceTensor convolution(String name, int out, int in, int height, int width) {
        int taps = height * width;
        return permuted(require(name, out, in, height, width), out, taps * in, i -> {
            int o = i / (taps * in);
            int tap = i / in % taps;
            return (o * in + i % in) * taps + tap;
        });
    }

    /** A depthwise convolution [channels, 1, window…] as [window, channels]. */
    public DeviceTensor depthwise(String name, int channels, int... window) {
        int[] shape = IntStream.concat(IntStream.of(channels, 1), Arrays.stream(window))
                .toArray();
        int taps = Arrays.stream(window).reduce(1, (a, b) -> a * b);
        return permuted(require(name, shape), taps, channels, i -> i % channels * taps + i / channels);
    }

    /** Values that follow from weights, one row of float32. */
    public DeviceTensor constant(String name, float[] values) {
        MemorySegment data = Arena.ofAuto().allocate((long) values.length * Float.BYTES, 64);
        MemorySegment.copy(values, 0, data, ValueLayout.JAVA_FLOAT, 0, values.length);
        return take(backend.load(new Tensor(prefix + name, DType.F32, List.of(values.length), data)));
    }

    /** The tensor as it is stored. */
    public Tensor require(String name, int... shape) {
        return source.require(prefix + name, shape);
    }

    /** The same, null where the checkpoint has none. */
    public @Nullable Tensor find(String name, int... shape) {
        return source.find(prefix + name) == null ? null : require(name, shape);
    }

    private DeviceTensor permuted(Tensor t, int rows, int columns, IntUnaryOperator from) {
        int size = t.type().blockBytes();
        MemorySegment data = Arena.ofAuto().allocate(t.data().byteSize(), 64);
        for (int i = 0; i < rows * columns; i++) {
            MemorySegment.copy(t.data(), (long) from.applyAsInt(i) * size, data, (long) i * size, size);
        }
        return take(backend.load(new Tensor(t.name(), t.type(), List.of(rows, columns), data)));
    }
}
