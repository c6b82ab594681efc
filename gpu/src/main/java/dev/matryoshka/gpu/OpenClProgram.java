package dev.matryoshka.gpu;

import dev.matryoshka.engine.backend.ActivationPool;
import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.MemoryLedger;
import dev.matryoshka.engine.backend.Ops;
import dev.matryoshka.engine.backend.Program;
import dev.matryoshka.engine.backend.StepParams;
import dev.matryoshka.engine.backend.Workspace;
import dev.matryoshka.gpu.cl.Launch;
import dev.matryoshka.gpu.cl.OpenClDevice;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/** Launches of kernels, and in between the operations that have none: the CPU computes those on copies of their operands. */
final class OpenClProgram implements Program {
    private final String name;
    private final OpenClDevice device;
    private final Backend backend;
    private final Backend cpu;
    private final Map<DeviceTensor.Storage, DeviceTensor> weights;
    private final Workspace mirrors;
    private final ActivationPool pool;
    private final List<Step> steps = new ArrayList<>();
    private final List<Runnable> releases = new ArrayList<>();

    /** One recorded operation. */
    @FunctionalInterface
    private interface Step {
        void run(StepParams params);
    }

    /**
     * An empty one.
     *
     * @param backend the device's, whose monitor a run holds
     * @param weights what the CPU has of the device's weights
     */
    OpenClProgram(
            String name,
            OpenClDevice device,
            Backend backend,
            Backend cpu,
            Map<DeviceTensor.Storage, DeviceTensor> weights) {
        this.name = name;
        this.device = device;
        this.backend = backend;
        this.cpu = cpu;
        this.weights = weights;
        mirrors = cpu.workspace(MemoryLedger.STAGING);
        pool = new ActivationPool(mirrors);
    }

    void add(Launch launch) {
        releases.add(launch::close);
        steps.add(params -> launch.start());
    }

    /** Records one operation for the CPU; the body calls it with mirrors of its operands. */
    void onCpu(BiConsumer<Ops, Mirrors> body) {
        Mirrors operands = new Mirrors(backend, cpu, weights, pool);
        Program program = cpu.record(name, ops -> body.accept(ops, operands));
        operands.release();
        releases.add(program::close);
        steps.add(params -> {
            operands.copyIn();
            program.run(params);
            operands.copyOut(params);
        });
    }

    @Override
    public void run(StepParams params) {
        synchronized (backend) {
            device.step(params.position(), params.tokens());
            steps.forEach(step -> step.run(params));
            device.finish("run " + name);
        }
    }

    @Override
    public void close() {
        synchronized (backend) {
            releases.forEach(Runnable::run);
            mirrors.close();
        }
    }
}
