package dev.matryoshka.engine.vision;

import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.weights.Tensor;
import dev.matryoshka.engine.weights.WeightSource;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Reads the tower's weights below a prefix; kernels are laid out with channels innermost. */
record VisionWeights(WeightSource source, Backend backend, String prefix) {
    VisionWeights below(String more) {
        return new VisionWeights(source, backend, prefix + more);
    }

    DeviceTensor vector(String name, int size) {
        return backend.load(source.require(prefix + name, size));
    }

    /** A 1 x 1 convolution as a matrix [out, in]. */
    DeviceTensor pointwise(String name, int out, int in) {
        Tensor t = source.require(prefix + name, out, in, 1, 1);
        return backend.load(new Tensor(t.name(), t.type(), List.of(out, in), t.data()));
    }

    /** A convolution [out, in, k, k] as [out, k * k * in]. */
    DeviceTensor convolution(String name, int out, int in, int kernel) {
        Tensor t = source.require(prefix + name, out, in, kernel, kernel);
        int taps = kernel * kernel;
        return backend.load(permuted(t, out, taps * in, i -> {
            int o = i / (taps * in);
            int tap = i / in % taps;
            return (o * in + i % in) * taps + tap;
        }));
    }

    /** A depthwise convolution [channels, 1, k, k] as [k * k, channels]. */
    DeviceTensor depthwise(String name, int channels, int kernel) {
        Tensor t = source.require(prefix + name, channels, 1, kernel, kernel);
        int taps = kernel * kernel;
        return backend.load(permuted(t, taps, channels, i -> i % channels * taps + i / channels));
    }

    /** Where each element of the new layout comes from. */
    @FunctionalInterface
    private interface Source {
        int of(int index);
    }

    private static Tensor permuted(Tensor t, int rows, int columns, Source source) {
        int size = t.type().bytes();
        MemorySegment data = Arena.ofAuto().allocate(t.data().byteSize(), 64);
        for (int i = 0; i < rows * columns; i++) {
            MemorySegment.copy(t.data(), (long) source.of(i) * size, data, (long) i * size, size);
        }
        return new Tensor(t.name(), t.type(), List.of(rows, columns), data);
    }
}
