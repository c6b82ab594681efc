package dev.matryoshka.gpu;

import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.KernelTime;
import dev.matryoshka.engine.backend.MemoryLedger;
import dev.matryoshka.engine.backend.Ops;
import dev.matryoshka.engine.backend.Program;
import dev.matryoshka.engine.backend.StepParams;
import dev.matryoshka.engine.backend.Workspace;
import dev.matryoshka.engine.weights.DType;
import dev.matryoshka.engine.weights.Tensor;
import dev.matryoshka.gpu.device.DeviceBuffer;
import dev.matryoshka.gpu.vk.Recording;
import dev.matryoshka.gpu.vk.VulkanDevice;
import dev.matryoshka.gpu.vk.VulkanDevice.Place;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;

/** Runs the model through Vulkan compute shaders. Calls from several threads take turns. */
public final class VulkanBackend implements Backend {
    private final VulkanDevice device;
    private final Tuning tuning;
    private final DeviceBuffer step;
    private final Floats floats;
    private final Constants constants;
    private final WeightUploader uploader;
    private final long maxBinding;
    private final long costPerSubmit;
    private final Map<String, KernelTime> times = new HashMap<>(); // of programs that were closed
    private final Set<VulkanProgram> programs = new HashSet<>();
    private long programNanos;

    VulkanBackend(VulkanDevice device, Tuning tuning, long maxBinding, long costPerSubmit) {
        this.device = device;
        this.maxBinding = maxBinding;
        this.costPerSubmit = costPerSubmit;
        step = device.allocate(MemoryLedger.ACTIVATIONS, 16, Place.HOST);
        floats = new Floats(device.transfers());
        constants = new Constants(device, floats);
        uploader = new WeightUploader(device);
        this.tuning = device.physical().cooperative()
                ? new CooperativeTrial(device, step, floats, constants, maxBinding).choose(tuning)
                : tuning;
    }

    @Override
    public String device() {
        return "Vulkan, " + device.physical().name();
    }

    @Override
    public synchronized DeviceTensor load(Tensor weight) {
        return uploader.load(weight);
    }

    @Override
    public synchronized DeviceTensor loadSmall(Tensor weight) {
        MemorySegment floats = MemorySegment.ofArray(weight.toFloats());
        return uploader.load(new Tensor(weight.name(), DType.F32, weight.shape(), floats));
    }

    @Override
    public synchronized DeviceTensor load(Tensor weight, int rows, int columns) {
        return uploader.load(weight, rows, columns);
    }

    /** {@inheritDoc} Programs run to their end, so none is at work here. */
    @Override
    public synchronized void free(DeviceTensor weight) {
        uploader.free(weight);
    }

    @Override
    public long bytesOf(DType type, long elements) {
        return WeightUploader.bytes(type, elements);
    }

    @Override
    public long bytesOfSmall(DType type, long elements) {
        return WeightUploader.bytes(DType.F32, elements);
    }

    @Override
    public Workspace workspace(String purpose) {
        return new GpuWorkspace(this, device, purpose);
    }

    @Override
    public synchronized Program record(String name, Consumer<Ops> body) {
        Allocations scratch = new Allocations(device, MemoryLedger.ACTIVATIONS);
        try {
            VulkanOps ops = new VulkanOps(maxBinding, tuning, constants, scratch);
            body.accept(ops);
            return new VulkanProgram(new Recording(device, name, ops.dispatches(), step, costPerSubmit), scratch);
        } catch (RuntimeException | Error e) {
            scratch.close();
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

    /** {@inheritDoc} In one copy. */
    @Override
    public synchronized void readColumns(DeviceTensor from, int[] starts, int width, float[] into) {
        floats.readColumns(from, starts, width, into);
    }

    @Override
    public synchronized long programNanos() {
        return programNanos;
    }

    /** {@inheritDoc} Kept where the system property {@code matryoshka.vulkan.trace} is set. */
    @Override
    public synchronized List<KernelTime> trace() {
        Map<String, KernelTime> all = new HashMap<>(times);
        programs.forEach(p -> addTimes(all, p.recording));
        return all.values().stream()
                .sorted(Comparator.comparingLong(KernelTime::nanos).reversed())
                .toList();
    }

    private static void addTimes(Map<String, KernelTime> sums, Recording recording) {
        recording.times().forEach(t -> sums.merge(t.kernel(), t, KernelTime::plus));
    }

    @Override
    public Map<String, Long> memory() {
        return device.ledger().bytes();
    }

    @Override
    public synchronized double readBytesPerSecond() {
        return ReadBandwidth.measure(device, maxBinding, (dispatches, times, after) -> {
            try (Recording recording = new Recording(device, "read", dispatches, step, Long.MAX_VALUE)) {
                for (int i = 0; i < times; i++) {
                    recording.run();
                    after.run();
                }
            }
        });
    }

    @Override
    public int chunk() {
        return tuning.chunk();
    }

    @Override
    public long freeBytes() {
        return device.physical().memory().free();
    }

    /** A group that meets a gate of zero ends at once. */
    @Override
    public boolean skipsSparseRows() {
        return true;
    }

    @Override
    public synchronized void close() {
        uploader.close();
        constants.close();
        step.close();
        device.close();
    }

    private final class VulkanProgram implements Program {
        private final Recording recording;
        private final Allocations scratch;

        VulkanProgram(Recording recording, Allocations scratch) {
            this.recording = recording;
            this.scratch = scratch;
            programs.add(this);
        }

        @Override
        public void run(StepParams params) {
            synchronized (VulkanBackend.this) {
                MemorySegment parameters = Objects.requireNonNull(step.mapped());
                parameters.set(ValueLayout.JAVA_INT, 0, params.position());
                parameters.set(ValueLayout.JAVA_INT, 4, params.tokens());
                long start = System.nanoTime();
                recording.run();
                programNanos += System.nanoTime() - start;
                device.checkValidation();
            }
        }

        @Override
        public void close() {
            synchronized (VulkanBackend.this) {
                programs.remove(this);
                addTimes(times, recording);
                recording.close();
                scratch.close();
            }
        }
    }
}
