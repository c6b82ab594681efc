package dev.matryoshka.engine.selftest;

import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.Workspace;
import dev.matryoshka.engine.weights.DType;
import dev.matryoshka.engine.weights.RandomBlocks;
import dev.matryoshka.engine.weights.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Matrices of one case on one backend, the same on every backend. Each lies inside a larger one whose margin, a row above
 * and below and some columns right, no operation may touch; {@link #contents} has all of it.
 */
public final class Workbench implements AutoCloseable {
    private final Backend backend;
    private final SplittableRandom random;
    private final Workspace workspace;
    private final int margin;
    private final List<DeviceTensor> whole = new ArrayList<>();

    /** @param margin columns of the margin; a multiple of 32 keeps rows aligned */
    Workbench(Backend backend, long seed, int margin) {
        this.backend = backend;
        this.margin = margin;
        random = new SplittableRandom(seed);
        workspace = backend.workspace("activations");
    }

    /** A matrix of values in [-1, 1). */
    public DeviceTensor matrix(int rows, int columns) {
        return matrix(rows, columns, 1);
    }

    /** A matrix of values in [-scale, scale). */
    public DeviceTensor matrix(int rows, int columns, double scale) {
        float[] values = new float[(rows + 2) * (columns + margin)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) ((random.nextDouble() * 2 - 1) * scale);
        }
        return matrix(rows, columns, values);
    }

    private DeviceTensor matrix(int rows, int columns, float[] values) {
        DeviceTensor all = workspace.allocate(rows + 2, columns + margin);
        backend.write(all, values);
        whole.add(all);
        return all.rows(1, rows).columns(0, columns);
    }

    /** One row that starts like this; its margin is random. */
    public DeviceTensor row(float... values) {
        float[] all = new float[3 * (values.length + margin)];
        System.arraycopy(values, 0, all, values.length + margin, values.length);
        return matrix(1, values.length, all);
    }

    /** Matrices one after the other in one allocation. */
    public List<DeviceTensor> streams(int count, int rows, int columns) {
        DeviceTensor all = matrix(count * rows, columns);
        return IntStream.range(0, count).mapToObj(i -> all.rows(i * rows, rows)).toList();
    }

    /** Room that operations may use as they like: it is not compared. */
    public DeviceTensor scratch(int rows, int columns) {
        return workspace.allocate(rows, columns);
    }

    /** A small weight, stored as bfloat16. */
    public DeviceTensor small(int rows, int columns) {
        return backend.loadSmall(tensor(DType.BF16, rows, columns));
    }

    /** A weight in a stored type; quantised ones take whole blocks. */
    public DeviceTensor weight(DType type, int rows, int columns) {
        return backend.load(tensor(type, rows, columns));
    }

    private Tensor tensor(DType type, int rows, int columns) {
        MemorySegment data = Arena.ofAuto().allocate(type.bytes((long) rows * columns), 64);
        if (type.isQuantized()) {
            RandomBlocks.fill(type, data, random, 1);
        } else {
            for (long i = 0; i < (long) rows * columns; i++) {
                set(type, data, i, (float) (random.nextDouble() * 2 - 1));
            }
        }
        return new Tensor("weight", type, List.of(rows, columns), data);
    }

    private static void set(DType type, MemorySegment data, long i, float value) {
        switch (type) {
            case F32 -> data.setAtIndex(ValueLayout.JAVA_FLOAT, i, value);
            case F16 -> data.setAtIndex(ValueLayout.JAVA_SHORT, i, Float.floatToFloat16(value));
            case BF16 -> data.setAtIndex(ValueLayout.JAVA_SHORT, i, (short) (Float.floatToRawIntBits(value) >>> 16));
            default -> throw new IllegalArgumentException("no weight is " + type);
        }
    }

    /** Everything, margins included, in the order of making. */
    List<float[]> contents() {
        return whole.stream()
                .map(t -> {
                    float[] values = new float[t.rows() * t.columns()];
                    backend.read(t, values);
                    return values;
                })
                .toList();
    }

    @Override
    public void close() {
        workspace.close();
    }
}
