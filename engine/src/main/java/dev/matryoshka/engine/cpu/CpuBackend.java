package dev.matryoshka.engine.cpu;

import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.MemoryLedger;
import dev.matryoshka.engine.backend.Ops;
import dev.matryoshka.engine.backend.Program;
import dev.matryoshka.engine.backend.StepParams;
import dev.matryoshka.engine.backend.Workspace;
import dev.matryoshka.engine.error.InsufficientMemoryException;
import dev.matryoshka.engine.weights.DType;
import dev.matryoshka.engine.weights.Tensor;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Runs the model on the CPU through the Vector API. Weights stay where they are mapped, in their stored type. */
public final class CpuBackend implements Backend {
    private final WorkerPool pool;
    private final MemoryLedger memory = new MemoryLedger();

    /** A backend on every processor of the machine. */
    public CpuBackend() {
        this(Runtime.getRuntime().availableProcessors());
    }

    public CpuBackend(int threads) {
        pool = new WorkerPool(Math.max(1, threads));
    }

    @Override
    public String device() {
        return name(pool.threads());
    }

    static String name(int threads) {
        String instructions = NativeRows.instructions();
        return "CPU, " + threads + " threads, " + VectorKernels.F.vectorBitSize() + "-bit vectors"
                + (instructions.isEmpty() ? "" : ", " + instructions);
    }

    @Override
    public DeviceTensor load(Tensor weight) {
        memory.add(MemoryLedger.WEIGHTS, weight.data().byteSize());
        int rows = Math.toIntExact(weight.rows());
        int columns = weight.columns();
        return new DeviceTensor(new CpuStorage.Mapped(weight.data()), weight.type(), 0, rows, columns, columns);
    }

    @Override
    public Workspace workspace(String purpose) {
        return new CpuWorkspace(purpose, memory);
    }

    @Override
    public Program record(String name, Consumer<Ops> body) {
        CpuOps ops = new CpuOps(pool);
        body.accept(ops);
        return new CpuProgram(ops.steps());
    }

    @Override
    public void write(DeviceTensor to, float[] values) {
        float[] storage = CpuStorage.floats(to);
        for (int row = 0; row < values.length / to.columns(); row++) {
            System.arraycopy(values, row * to.columns(), storage, at(to, row), to.columns());
        }
    }

    @Override
    public void read(DeviceTensor from, float[] into) {
        float[] storage = CpuStorage.floats(from);
        for (int row = 0; row < into.length / from.columns(); row++) {
            System.arraycopy(storage, at(from, row), into, row * from.columns(), from.columns());
        }
    }

    private static int at(DeviceTensor tensor, int row) {
        return Math.toIntExact(tensor.offset() + row * tensor.rowStride());
    }

    /** Weights count as the bytes of the mapping that they are. */
    @Override
    public Map<String, Long> memory() {
        return memory.bytes();
    }

    @Override
    public double readBytesPerSecond() {
        return ReadBandwidth.measure(pool);
    }

    @Override
    public boolean skipsSparseRows() {
        return true;
    }

    @Override
    public void close() {
        pool.close();
    }

    private record CpuProgram(List<Step> steps) implements Program {
        @Override
        public void run(StepParams params) {
            for (Step step : steps) {
                step.run(params);
            }
        }

        @Override
        public void close() {}
    }

    /** The heap gives memory back by itself; closing only ends the use. */
    private static final class CpuWorkspace implements Workspace {
        private final String purpose;
        private final MemoryLedger memory;
        private long held;

        CpuWorkspace(String purpose, MemoryLedger memory) {
            this.purpose = purpose;
            this.memory = memory;
        }

        @Override
        public DeviceTensor allocate(DType type, int rows, int columns) {
            long count = (long) rows * columns;
            if (type != DType.F32) {
                throw new IllegalArgumentException("activations are float32, not " + type);
            }
            try {
                float[] values = new float[Math.toIntExact(count)];
                memory.add(purpose, count * Float.BYTES);
                held += count * Float.BYTES;
                return new DeviceTensor(new CpuStorage.Floats(values), type, 0, rows, columns, columns);
            } catch (OutOfMemoryError | ArithmeticException e) {
                throw new InsufficientMemoryException(
                        "not enough memory for " + ((count * 4) >> 20) + " MB of " + purpose,
                        "close other programs, choose a shorter context, or give Java more heap (-Xmx)",
                        e);
            }
        }

        @Override
        public void close() {
            memory.add(purpose, -held);
            held = 0;
        }
    }
}
