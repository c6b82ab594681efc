package dev.matryoshka.gpu;

import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.MemoryLedger;
import dev.matryoshka.engine.backend.Ops;
import dev.matryoshka.engine.backend.Program;
import dev.matryoshka.engine.backend.StepParams;
import dev.matryoshka.engine.backend.Workspace;
import dev.matryoshka.engine.weights.DType;
import dev.matryoshka.engine.weights.Tensor;
import dev.matryoshka.gpu.vk.DeviceBuffer;
import dev.matryoshka.gpu.vk.Recording;
import dev.matryoshka.gpu.vk.VulkanDevice;
import dev.matryoshka.gpu.vk.VulkanDevice.Place;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Runs the model through Vulkan compute shaders. Calls from several threads take turns. */
public final class VulkanBackend implements Backend {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    private final VulkanDevice device;
    private final Tuning tuning;
    private final DeviceBuffer step;
    private final Constants constants;
    private final WeightUploader uploader;
    private final long maxBinding;
    private final long costPerSubmit;
    private final Map<String, Long> times = new TreeMap<>();

    VulkanBackend(VulkanDevice device, Tuning tuning, long maxBinding, long costPerSubmit) {
        this.device = device;
        this.tuning = tuning;
        this.maxBinding = maxBinding;
        this.costPerSubmit = costPerSubmit;
        step = device.allocate("activations", 16, Place.HOST);
        constants = new Constants(device);
        uploader = new WeightUploader(device);
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
    public Workspace workspace(String purpose) {
        return new VulkanWorkspace(purpose);
    }

    @Override
    public synchronized Program record(String name, Consumer<Ops> body) {
        Scratch scratch = new Scratch(device);
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
        DeviceBuffer buffer = VulkanStorage.of(to).buffer();
        int columns = to.columns();
        boolean whole = to.rowStride() == columns;
        int rows = whole ? 1 : values.length / columns;
        int width = whole ? values.length : columns;
        for (int row = 0; row < rows; row++) {
            int from = row * columns;
            device.transfers()
                    .upload(
                            buffer,
                            4 * (to.offset() + row * to.rowStride()),
                            4L * width,
                            4,
                            (into, at, count) -> MemorySegment.copy(
                                    values, from + (int) (at / 4), into, FLOAT, 0, (int) (count / 4)));
        }
    }

    @Override
    public synchronized void read(DeviceTensor from, float[] into) {
        DeviceBuffer buffer = VulkanStorage.of(from).buffer();
        int columns = from.columns();
        boolean whole = from.rowStride() == columns;
        int rows = whole ? 1 : into.length / columns;
        int width = whole ? into.length : columns;
        for (int row = 0; row < rows; row++) {
            float[] piece = whole ? into : new float[width];
            device.transfers()
                    .download(buffer, 4 * (from.offset() + row * from.rowStride()), MemorySegment.ofArray(piece));
            if (!whole) {
                System.arraycopy(piece, 0, into, row * columns, columns);
            }
        }
    }

    /** Nanoseconds by kernel of the programs that were closed, where tracing is on (the system property {@code matryoshka.vulkan.trace}). */
    public synchronized Map<String, Long> trace() {
        return new TreeMap<>(times);
    }

    @Override
    public Map<String, Long> memory() {
        MemoryLedger all = new MemoryLedger();
        device.ledger().snapshot().forEach(all::add);
        return all.bytes();
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
        private final Scratch scratch;

        VulkanProgram(Recording recording, Scratch scratch) {
            this.recording = recording;
            this.scratch = scratch;
        }

        @Override
        public void run(StepParams params) {
            synchronized (VulkanBackend.this) {
                MemorySegment parameters = Objects.requireNonNull(step.mapped());
                parameters.set(ValueLayout.JAVA_INT, 0, params.position());
                parameters.set(ValueLayout.JAVA_INT, 4, params.tokens());
                recording.run();
                device.checkValidation();
            }
        }

        @Override
        public void close() {
            synchronized (VulkanBackend.this) {
                recording.times().forEach((kernel, nanos) -> times.merge(kernel, nanos, Long::sum));
                recording.close();
                scratch.close();
            }
        }
    }

    private final class VulkanWorkspace implements Workspace {
        private final String purpose;
        private final List<DeviceBuffer> buffers = new ArrayList<>();

        VulkanWorkspace(String purpose) {
            this.purpose = purpose;
        }

        @Override
        public DeviceTensor allocate(DType type, int rows, int columns) {
            if (type != DType.F32) {
                throw new IllegalArgumentException("activations are float32, not " + type);
            }
            synchronized (VulkanBackend.this) {
                DeviceBuffer buffer = device.allocate(purpose, type.bytes((long) rows * columns), Place.DEVICE);
                buffers.add(buffer);
                device.transfers().clear(buffer);
                return new DeviceTensor(new VulkanStorage(buffer, 0), type, 0, rows, columns, columns);
            }
        }

        @Override
        public void close() {
            synchronized (VulkanBackend.this) {
                buffers.forEach(DeviceBuffer::close);
                buffers.clear();
            }
        }
    }
}
