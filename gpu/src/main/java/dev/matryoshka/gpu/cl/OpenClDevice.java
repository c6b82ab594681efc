package dev.matryoshka.gpu.cl;

import static org.lwjgl.opencl.CL10.CL_CONTEXT_PLATFORM;
import static org.lwjgl.opencl.CL10.CL_MEM_READ_WRITE;
import static org.lwjgl.opencl.CL10.CL_SUCCESS;
import static org.lwjgl.opencl.CL10.clCreateBuffer;
import static org.lwjgl.opencl.CL10.clCreateCommandQueue;
import static org.lwjgl.opencl.CL10.clCreateContext;
import static org.lwjgl.opencl.CL10.clEnqueueWriteBuffer;
import static org.lwjgl.opencl.CL10.clFinish;
import static org.lwjgl.opencl.CL10.clReleaseCommandQueue;
import static org.lwjgl.opencl.CL10.clReleaseContext;
import static org.lwjgl.opencl.CL10.clReleaseMemObject;
import static org.lwjgl.system.MemoryStack.stackPush;
import static org.lwjgl.system.MemoryUtil.NULL;

import dev.matryoshka.engine.backend.MemoryLedger;
import dev.matryoshka.gpu.device.DeviceBuffer;
import dev.matryoshka.gpu.device.Dispatch;
import dev.matryoshka.gpu.device.GpuDevice;
import dev.matryoshka.gpu.device.Transfers;
import java.nio.IntBuffer;
import org.lwjgl.PointerBuffer;
import org.lwjgl.system.MemoryStack;

/** An opened device: its memory, its kernels, and a queue that works in the order of the calls. */
public final class OpenClDevice implements GpuDevice {
    private final PhysicalDevice physical;
    private final long context;
    private final long queue;
    private final MemoryLedger ledger = new MemoryLedger();
    private final Kernels kernels;
    private final Transfers transfers;
    private final DeviceBuffer step;

    public OpenClDevice(PhysicalDevice physical) {
        this.physical = physical;
        try (MemoryStack stack = stackPush()) {
            IntBuffer result = stack.ints(0);
            PointerBuffer properties = stack.pointers(CL_CONTEXT_PLATFORM, physical.platform(), 0);
            context = clCreateContext(properties, physical.handle(), null, NULL, result);
            Cl.check(result.get(0), "open " + physical.name());
            queue = clCreateCommandQueue(context, physical.handle(), 0, result);
            if (result.get(0) != CL_SUCCESS) {
                clReleaseContext(context);
            }
            Cl.check(result.get(0), "open " + physical.name());
        }
        kernels = new Kernels(context, physical.handle());
        transfers = new OpenClTransfers(queue);
        try {
            step = allocate(MemoryLedger.ACTIVATIONS, 2 * Integer.BYTES);
        } catch (RuntimeException | Error e) {
            clReleaseCommandQueue(queue);
            clReleaseContext(context);
            throw e;
        }
    }

    @Override
    public DeviceBuffer allocate(String purpose, long bytes) {
        long size = Math.max(16, (bytes + 15) / 16 * 16);
        try (MemoryStack stack = stackPush()) {
            IntBuffer result = stack.ints(0);
            long memory = clCreateBuffer(context, CL_MEM_READ_WRITE, size, result);
            Cl.check(result.get(0), "hold " + (size >> 20) + " MB of " + purpose);
            ledger.add(purpose, size);
            return new DeviceBuffer(memory, size, null, () -> {
                clReleaseMemObject(memory);
                ledger.add(purpose, -size);
            });
        }
    }

    @Override
    public Transfers transfers() {
        return transfers;
    }

    @Override
    public MemoryLedger ledger() {
        return ledger;
    }

    /** What the driver says of it. */
    public PhysicalDevice physical() {
        return physical;
    }

    /** A dispatch that can be started again and again. */
    public Launch launch(Dispatch dispatch) {
        return new Launch(queue, kernels.create(dispatch.kernel()), dispatch, step);
    }

    /** Sets the parameters of the launches to come. */
    public void step(int position, int tokens) {
        try (MemoryStack stack = stackPush()) {
            Cl.check(
                    clEnqueueWriteBuffer(queue, step.handle(), true, 0, stack.ints(position, tokens), null, null),
                    "set the step");
        }
    }

    /** Waits for the launches so far. */
    public void finish(String doing) {
        Cl.check(clFinish(queue), doing);
    }

    @Override
    public void close() {
        clFinish(queue);
        step.close();
        kernels.close();
        clReleaseCommandQueue(queue);
        clReleaseContext(context);
    }
}
