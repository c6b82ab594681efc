package dev.matryoshka.engine;

import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.MemoryLedger;
import dev.matryoshka.engine.backend.Ops;
import dev.matryoshka.engine.backend.Program;
import dev.matryoshka.engine.backend.StepParams;
import dev.matryoshka.engine.backend.Workspace;
import dev.matryoshka.engine.weights.DType;
import dev.matryoshka.engine.weights.Tensor;
import java.util.Map;
import java.util.function.Consumer;

/** Holds nothing and runs nothing: it enters in its ledger what a device would hold. */
final class CountingBackend implements Backend {
    private static final DeviceTensor.Storage NOTHING = new DeviceTensor.Storage() {};

    private final MemoryLedger ledger = new MemoryLedger();
    private final Backend planned;

    /** @param planned the device that is planned for */
    CountingBackend(Backend planned) {
        this.planned = planned;
    }

    @Override
    public int chunk() {
        return planned.chunk();
    }

    @Override
    public String device() {
        return "none";
    }

    @Override
    public DeviceTensor load(Tensor weight) {
        return load(weight, Math.toIntExact(weight.rows()), weight.columns());
    }

    @Override
    public DeviceTensor load(Tensor weight, int rows, int columns) {
        ledger.add(MemoryLedger.WEIGHTS, planned.bytesOf(weight.type(), (long) rows * columns));
        return matrix(weight.type(), rows, columns);
    }

    @Override
    public DeviceTensor loadSmall(Tensor weight) {
        ledger.add(MemoryLedger.WEIGHTS, planned.bytesOfSmall(weight.type(), weight.elements()));
        return matrix(weight.type(), Math.toIntExact(weight.rows()), weight.columns());
    }

    private static DeviceTensor matrix(DType type, int rows, int columns) {
        return new DeviceTensor(NOTHING, type, 0, rows, columns, columns);
    }

    @Override
    public Workspace workspace(String purpose) {
        return new Workspace() {
            @Override
            public DeviceTensor allocate(DType type, int rows, int columns) {
                ledger.add(purpose, type.bytes((long) rows * columns));
                return matrix(type, rows, columns);
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public Program record(String name, Consumer<Ops> body) {
        return new Program() {
            @Override
            public void run(StepParams params) {
                throw new IllegalStateException("nothing can be run where memory is only counted");
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public void write(DeviceTensor to, float[] values) {}

    @Override
    public void read(DeviceTensor from, float[] into) {
        throw new IllegalStateException("nothing can be read where memory is only counted");
    }

    @Override
    public Map<String, Long> memory() {
        return ledger.bytes();
    }

    @Override
    public void close() {}
}
