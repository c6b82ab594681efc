package dev.matryoshka.engine.support;

import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.Ops;
import dev.matryoshka.engine.backend.Program;
import dev.matryoshka.engine.backend.StepParams;
import dev.matryoshka.engine.backend.Workspace;
import dev.matryoshka.engine.error.DeviceException;
import dev.matryoshka.engine.error.InsufficientMemoryException;
import dev.matryoshka.engine.weights.DType;
import dev.matryoshka.engine.weights.Tensor;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** Another backend, until the n-th of something. See {@link FaultyBackendProvider}. */
public final class FaultyBackend implements Backend {
    /** Devices that are open now, over all tests of this process. */
    public static final AtomicInteger OPEN = new AtomicInteger();

    private final Backend real;
    private final String what;
    private final long limit;
    private final AtomicLong count = new AtomicLong();

    FaultyBackend(Backend real, String what, long limit) {
        this.real = real;
        this.what = what;
        this.limit = limit;
        OPEN.incrementAndGet();
    }

    private boolean fails(String now) {
        return what.equals(now) && count.incrementAndGet() >= limit;
    }

    @Override
    public String device() {
        return "faulty " + what;
    }

    @Override
    public DeviceTensor load(Tensor weight) {
        checkMemory("weight");
        return real.load(weight);
    }

    private void checkMemory(String now) {
        if (fails(now)) {
            throw new InsufficientMemoryException("the faulty device is full", "use the CPU");
        }
    }

    @Override
    public Workspace workspace(String purpose) {
        Workspace all = real.workspace(purpose);
        return new Workspace() {
            @Override
            public DeviceTensor allocate(DType type, int rows, int columns) {
                checkMemory("matrix");
                return all.allocate(type, rows, columns);
            }

            @Override
            public void close() {
                all.close();
            }
        };
    }

    @Override
    public Program record(String name, Consumer<Ops> body) {
        Program program = real.record(name, body);
        return new Program() {
            @Override
            public void run(StepParams params) {
                if (fails("run")) {
                    throw new DeviceException("the faulty device was lost", "use the CPU");
                }
                program.run(params);
            }

            @Override
            public void close() {
                program.close();
            }
        };
    }

    @Override
    public void write(DeviceTensor to, float[] values) {
        real.write(to, values);
    }

    @Override
    public void read(DeviceTensor from, float[] into) {
        real.read(from, into);
        if (fails("read")) {
            into[0] += 1;
        }
    }

    @Override
    public Map<String, Long> memory() {
        return real.memory();
    }

    @Override
    public long freeBytes() {
        return what.equals("free") ? limit : Long.MAX_VALUE;
    }

    @Override
    public void close() {
        real.close();
        OPEN.decrementAndGet();
    }
}
