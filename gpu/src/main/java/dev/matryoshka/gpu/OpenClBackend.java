package dev.matryoshka.gpu;

import dev.matryoshka.engine.Devices;
import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.MemoryLedger;
import dev.matryoshka.engine.backend.Ops;
import dev.matryoshka.engine.backend.Program;
import dev.matryoshka.engine.backend.Workspace;
import dev.matryoshka.engine.weights.DType;
import dev.matryoshka.engine.weights.Tensor;
import dev.matryoshka.gpu.cl.Launch;
import dev.matryoshka.gpu.cl.OpenClDevice;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Runs the decoder through OpenCL kernels, and on the CPU what has none, operation by operation. Calls from several threads
 * take turns.
 */
final class OpenClBackend implements Backend {
    /** Stored types that the kernels read. */
    static final Set<DType> TYPES = Set.copyOf(DType.weights());

    private final OpenClDevice device;
    private final OpenClTuning tuning;
    private final Set<DType> types;
    private final Floats floats;
    private final Constants constants;
    private final WeightUploader uploader;
    private final Backend cpu;
    private final Map<DeviceTensor.Storage, DeviceTensor> onCpu = new HashMap<>();

    /** @param types weights of other types stay with the CPU */
    OpenClBackend(OpenClDevice device, OpenClTuning tuning, Set<DType> types) {
        this.device = device;
        this.tuning = tuning;
        this.types = types;
        floats = new Floats(device.transfers());
        constants = new Constants(device, floats);
        uploader = new WeightUploader(device);
        cpu = Devices.open("cpu");
    }

    @Override
    public String device() {
        return "OpenCL, " + device.physical().name();
    }

    @Override
    public synchronized DeviceTensor load(Tensor weight) {
        DeviceTensor mapped = cpu.load(weight);
        if (!types.contains(weight.type())) {
            return mapped;
        }
        DeviceTensor resident = uploader.load(weight);
        onCpu.put(resident.storage(), mapped);
        return resident;
    }

    /** {@inheritDoc} Of operations that stay with the CPU none reads such a weight. */
    @Override
    public synchronized DeviceTensor load(Tensor weight, int rows, int columns) {
        return types.contains(weight.type()) ? uploader.load(weight, rows, columns) : cpu.load(weight, rows, columns);
    }

    @Override
    public synchronized void free(DeviceTensor weight) {
        onCpu.remove(weight.storage());
        if (weight.storage() instanceof DeviceStorage) {
            uploader.free(weight);
        }
    }

    @Override
    public long bytesOf(DType type, long elements) {
        return WeightUploader.bytes(type, elements);
    }

    @Override
    public Workspace workspace(String purpose) {
        return new GpuWorkspace(this, device, purpose);
    }

    @Override
    public synchronized Program record(String name, Consumer<Ops> body) {
        OpenClProgram program = new OpenClProgram(name, device, this, cpu, onCpu);
        try {
            body.accept(new OpenClOps(device, tuning, constants, program));
            return program;
        } catch (RuntimeException | Error e) {
            program.close();
            throw e;
        }
    }

    @Override
    public synchronized void write(DeviceTensor to, float[] values) {
        floats.write(to, values);
    }

    @Override
    public synchronized void read(DeviceTensor from, float[] into) {
        floats.read(from, into);
    }

    @Override
    public synchronized void readColumns(DeviceTensor from, int[] starts, int width, float[] into) {
        floats.readColumns(from, starts, width, into);
    }

    /** What the device holds; the CPU's copies of operands count as staging. */
    @Override
    public Map<String, Long> memory() {
        Map<String, Long> all = device.ledger().bytes();
        all.merge(MemoryLedger.STAGING, cpu.memory().getOrDefault(MemoryLedger.STAGING, 0L), Long::sum);
        return all;
    }

    /** What the driver says there is, less what is held here: OpenCL doesn't say what others hold. */
    @Override
    public long freeBytes() {
        long held = device.ledger().bytes().values().stream()
                .mapToLong(Long::longValue)
                .sum();
        return device.physical().memory() - held;
    }

    @Override
    public synchronized double readBytesPerSecond() {
        return ReadBandwidth.measure(device, device.physical().maxAllocation(), (dispatches, times, after) -> {
            List<Launch> launches = dispatches.stream().map(device::launch).toList();
            for (int i = 0; i < times; i++) {
                launches.forEach(Launch::start);
                device.finish("read memory");
                after.run();
            }
            launches.forEach(Launch::close);
        });
    }

    /** A work group that meets a gate of zero ends at once. */
    @Override
    public boolean skipsSparseRows() {
        return true;
    }

    @Override
    public synchronized void close() {
        cpu.close();
        uploader.close();
        constants.close();
        device.close();
    }
}
