package dev.matryoshka.gpu.cl;

import static org.lwjgl.opencl.CL10.CL_DEVICE_NOT_AVAILABLE;
import static org.lwjgl.opencl.CL10.CL_INVALID_BUFFER_SIZE;
import static org.lwjgl.opencl.CL10.CL_MEM_OBJECT_ALLOCATION_FAILURE;
import static org.lwjgl.opencl.CL10.CL_OUT_OF_HOST_MEMORY;
import static org.lwjgl.opencl.CL10.CL_OUT_OF_RESOURCES;
import static org.lwjgl.opencl.CL10.CL_SUCCESS;

import dev.matryoshka.engine.error.DeviceException;
import dev.matryoshka.engine.error.InsufficientMemoryException;
import dev.matryoshka.engine.error.MatryoshkaException;

/** Result codes to errors that a person can act on. */
final class Cl {
    static final String USE_CPU = "use the CPU (--device cpu)";

    private Cl() {}

    /**
     * Ends with an error unless a call succeeded.
     *
     * @param doing what the call was for, as in "could not …"
     */
    static void check(int result, String doing) {
        if (result != CL_SUCCESS) {
            throw failure(result, doing);
        }
    }

    private static MatryoshkaException failure(int result, String doing) {
        return switch (result) {
            case CL_MEM_OBJECT_ALLOCATION_FAILURE, CL_OUT_OF_RESOURCES, CL_OUT_OF_HOST_MEMORY, CL_INVALID_BUFFER_SIZE ->
                new InsufficientMemoryException(
                        "the OpenCL device has not enough memory to " + doing,
                        "close other programs that use it, choose a smaller model or context, or " + USE_CPU);
            case CL_DEVICE_NOT_AVAILABLE ->
                new DeviceException(
                        "the OpenCL device was lost while it tried to " + doing,
                        "its driver was reset or it was unplugged: ask again, or " + USE_CPU);
            default -> new DeviceException("OpenCL could not " + doing + " (error " + result + ")", USE_CPU);
        };
    }
}
