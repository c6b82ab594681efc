package dev.matryoshka.engine.backend;

import dev.matryoshka.engine.weights.DType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Hands out activations while a program is recorded and takes them back, so that later steps reuse their memory. */
public final class ActivationPool {
    private final Workspace workspace;
    private final List<DeviceTensor> free = new ArrayList<>();

    public ActivationPool(Workspace workspace) {
        this.workspace = workspace;
    }

    /** A matrix with undefined contents. */
    public DeviceTensor acquire(int rows, int columns) {
        long size = (long) rows * columns;
        DeviceTensor memory = free.stream()
                .filter(t -> t.columns() >= size)
                .min(Comparator.comparingInt(DeviceTensor::columns))
                .orElse(null);
        if (memory == null) {
            memory = workspace.allocate(1, Math.toIntExact(size));
        } else {
            free.remove(memory);
        }
        return new DeviceTensor(memory.storage(), DType.F32, 0, rows, columns, columns);
    }

    /** Takes a whole matrix back that {@link #acquire} gave. */
    public void release(DeviceTensor tensor) {
        free.add(tensor.reshape(1, tensor.rows() * tensor.columns()));
    }
}
