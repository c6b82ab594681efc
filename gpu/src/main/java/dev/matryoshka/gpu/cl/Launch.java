package dev.matryoshka.gpu.cl;

import static org.lwjgl.opencl.CL10.CL_MEM_READ_ONLY;
import static org.lwjgl.opencl.CL10.clEnqueueNDRangeKernel;
import static org.lwjgl.opencl.CL10.clReleaseKernel;
import static org.lwjgl.opencl.CL10.clReleaseMemObject;
import static org.lwjgl.opencl.CL10.clSetKernelArg;
import static org.lwjgl.opencl.CL10.clSetKernelArg1p;
import static org.lwjgl.opencl.CL11.CL_BUFFER_CREATE_TYPE_REGION;
import static org.lwjgl.opencl.CL11.clCreateSubBuffer;
import static org.lwjgl.system.MemoryStack.stackPush;

import dev.matryoshka.gpu.device.DeviceBuffer;
import dev.matryoshka.gpu.device.Dispatch;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.List;
import org.lwjgl.opencl.CLBufferRegion;
import org.lwjgl.system.MemoryStack;

/**
 * A kernel with its arguments, to be started again and again: the step's parameters, the buffers in the order of their
 * bindings, then the other arguments as one struct.
 */
public final class Launch implements AutoCloseable {
    private final long queue;
    private final long kernel;
    private final String name;
    private final long lanes;
    private final long groups;
    private final List<Long> windows = new ArrayList<>();

    Launch(long queue, long kernel, Dispatch dispatch, DeviceBuffer step) {
        this.queue = queue;
        this.kernel = kernel;
        name = dispatch.kernel().shader();
        lanes = dispatch.kernel().localSize();
        groups = dispatch.groups();
        try {
            set(0, step.handle());
            int index = 1;
            for (Dispatch.Binding binding : dispatch.bindings()) {
                set(index++, binding.offset() == 0 ? binding.buffer().handle() : window(binding));
            }
            Cl.check(clSetKernelArg(kernel, index, dispatch.arguments()), "start " + name);
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private void set(int index, long buffer) {
        Cl.check(clSetKernelArg1p(kernel, index, buffer), "start " + name);
    }

    /** A part of a buffer as a buffer: only weights have such, which nobody writes. */
    private long window(Dispatch.Binding binding) {
        try (MemoryStack stack = stackPush()) {
            ByteBuffer region = stack.malloc(CLBufferRegion.ALIGNOF, CLBufferRegion.SIZEOF);
            new CLBufferRegion(region).origin(binding.offset()).size(binding.range());
            IntBuffer result = stack.ints(0);
            long window = clCreateSubBuffer(
                    binding.buffer().handle(), CL_MEM_READ_ONLY, CL_BUFFER_CREATE_TYPE_REGION, region, result);
            Cl.check(result.get(0), "start " + name);
            windows.add(window);
            return window;
        }
    }

    /** Puts it into the queue. */
    public void start() {
        try (MemoryStack stack = stackPush()) {
            Cl.check(
                    clEnqueueNDRangeKernel(
                            queue, kernel, 1, null, stack.pointers(groups * lanes), stack.pointers(lanes), null, null),
                    "run " + name);
        }
    }

    @Override
    public void close() {
        clReleaseKernel(kernel);
        windows.forEach(w -> clReleaseMemObject(w));
    }
}
