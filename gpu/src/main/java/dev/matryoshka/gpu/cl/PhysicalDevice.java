package dev.matryoshka.gpu.cl;

import static org.lwjgl.opencl.CL10.CL_DEVICE_AVAILABLE;
import static org.lwjgl.opencl.CL10.CL_DEVICE_COMPILER_AVAILABLE;
import static org.lwjgl.opencl.CL10.CL_DEVICE_ENDIAN_LITTLE;
import static org.lwjgl.opencl.CL10.CL_DEVICE_GLOBAL_MEM_SIZE;
import static org.lwjgl.opencl.CL10.CL_DEVICE_MAX_COMPUTE_UNITS;
import static org.lwjgl.opencl.CL10.CL_DEVICE_MAX_MEM_ALLOC_SIZE;
import static org.lwjgl.opencl.CL10.CL_DEVICE_MAX_WORK_GROUP_SIZE;
import static org.lwjgl.opencl.CL10.CL_DEVICE_NAME;
import static org.lwjgl.opencl.CL10.CL_DEVICE_NOT_FOUND;
import static org.lwjgl.opencl.CL10.CL_DEVICE_TYPE;
import static org.lwjgl.opencl.CL10.CL_DEVICE_TYPE_ALL;
import static org.lwjgl.opencl.CL10.CL_DEVICE_TYPE_CPU;
import static org.lwjgl.opencl.CL10.CL_DEVICE_TYPE_GPU;
import static org.lwjgl.opencl.CL10.CL_DEVICE_VERSION;
import static org.lwjgl.opencl.CL10.CL_DRIVER_VERSION;
import static org.lwjgl.opencl.CL10.CL_PLATFORM_NAME;
import static org.lwjgl.opencl.CL10.CL_SUCCESS;
import static org.lwjgl.opencl.CL10.clGetDeviceIDs;
import static org.lwjgl.opencl.CL10.clGetDeviceInfo;
import static org.lwjgl.opencl.CL10.clGetPlatformIDs;
import static org.lwjgl.opencl.CL10.clGetPlatformInfo;
import static org.lwjgl.opencl.CL11.CL_DEVICE_HOST_UNIFIED_MEMORY;
import static org.lwjgl.opencl.KHRICD.CL_PLATFORM_NOT_FOUND_KHR;
import static org.lwjgl.system.MemoryStack.stackPush;

import dev.matryoshka.engine.backend.DeviceInfo;
import dev.matryoshka.engine.error.DeviceException;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.lwjgl.PointerBuffer;
import org.lwjgl.opencl.CL;
import org.lwjgl.system.Configuration;
import org.lwjgl.system.MemoryStack;
import org.lwjgl.system.MemoryUtil;
import org.lwjgl.system.Platform;

/**
 * A device as its driver describes it.
 *
 * @param platform the driver's handle
 * @param handle the device's
 * @param name for people
 * @param kind what sort of device; pocl's are processors
 * @param version OpenCL version and what the driver adds, as in {@code OpenCL 3.0 PoCL}
 * @param driver its driver with the driver's version, for people
 * @param memory bytes
 * @param maxAllocation bytes of the largest buffer
 * @param maxLanes invocations of the largest work group
 * @param units that compute
 * @param ready available, with a compiler, little endian
 */
public record PhysicalDevice(
        long platform,
        long handle,
        String name,
        DeviceInfo.Kind kind,
        String version,
        String driver,
        long memory,
        long maxAllocation,
        long maxLanes,
        long units,
        boolean ready) {
    private static final String INSTALL = "install ocl-icd-libopencl1 and your GPU's OpenCL driver (for the processor:"
            + " pocl-opencl-icd), or " + Cl.USE_CPU;
    private static final Pattern VERSION = Pattern.compile("OpenCL (\\d+)\\.(\\d+).*");

    /**
     * Every device of every driver, processors last.
     *
     * @throws DeviceException there is no loader or no driver
     */
    public static List<PhysicalDevice> all() {
        return SignalHandlers.kept(PhysicalDevice::list);
    }

    private static List<PhysicalDevice> list() {
        List<PhysicalDevice> devices = new ArrayList<>();
        try (MemoryStack stack = stackPush()) {
            PointerBuffer platforms = platforms(stack);
            IntBuffer count = stack.ints(0);
            for (int i = 0; i < platforms.remaining(); i++) {
                long platform = platforms.get(i);
                int result = clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, null, count);
                if (result == CL_DEVICE_NOT_FOUND) {
                    continue;
                }
                Cl.check(result, "list devices");
                PointerBuffer handles = stack.mallocPointer(count.get(0));
                Cl.check(clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, handles, (IntBuffer) null), "list devices");
                for (int d = 0; d < handles.remaining(); d++) {
                    devices.add(of(platform, handles.get(d)));
                }
            }
        }
        devices.sort(Comparator.comparing(PhysicalDevice::cpu));
        return devices;
    }

    private static PointerBuffer platforms(MemoryStack stack) {
        IntBuffer count = stack.ints(0);
        int result = loaded(count);
        if (result == CL_PLATFORM_NOT_FOUND_KHR || (result == CL_SUCCESS && count.get(0) == 0)) {
            throw new DeviceException("no OpenCL driver is installed here", INSTALL);
        }
        Cl.check(result, "list drivers");
        PointerBuffer platforms = stack.mallocPointer(count.get(0));
        Cl.check(clGetPlatformIDs(platforms, (IntBuffer) null), "list drivers");
        return platforms;
    }

    /** LWJGL loads the loader when it is first touched; on Linux by a name that only development packages bring. */
    private static int loaded(IntBuffer count) {
        if (Platform.get() == Platform.LINUX && Configuration.OPENCL_LIBRARY_NAME.get() == null) {
            Configuration.OPENCL_LIBRARY_NAME.set("libOpenCL.so.1");
        }
        try {
            CL.getICD();
            return clGetPlatformIDs(null, count);
        } catch (UnsatisfiedLinkError | ExceptionInInitializerError | NoClassDefFoundError e) {
            throw new DeviceException("there is no OpenCL on this machine (its loader was not found)", INSTALL, e);
        }
    }

    private static PhysicalDevice of(long platform, long device) {
        return new PhysicalDevice(
                platform,
                device,
                text(device, CL_DEVICE_NAME).strip(),
                kind(device),
                text(device, CL_DEVICE_VERSION).strip(),
                platformName(platform) + " " + text(device, CL_DRIVER_VERSION),
                number(device, CL_DEVICE_GLOBAL_MEM_SIZE),
                number(device, CL_DEVICE_MAX_MEM_ALLOC_SIZE),
                number(device, CL_DEVICE_MAX_WORK_GROUP_SIZE),
                number(device, CL_DEVICE_MAX_COMPUTE_UNITS),
                number(device, CL_DEVICE_AVAILABLE) != 0
                        && number(device, CL_DEVICE_COMPILER_AVAILABLE) != 0
                        && number(device, CL_DEVICE_ENDIAN_LITTLE) != 0);
    }

    private static DeviceInfo.Kind kind(long device) {
        long type = number(device, CL_DEVICE_TYPE);
        if ((type & CL_DEVICE_TYPE_CPU) != 0) {
            return DeviceInfo.Kind.CPU;
        }
        if ((type & CL_DEVICE_TYPE_GPU) == 0) {
            return DeviceInfo.Kind.OTHER;
        }
        return number(device, CL_DEVICE_HOST_UNIFIED_MEMORY) != 0
                ? DeviceInfo.Kind.INTEGRATED
                : DeviceInfo.Kind.DISCRETE;
    }

    /** Whether it is a processor. */
    public boolean cpu() {
        return kind == DeviceInfo.Kind.CPU;
    }

    /** Whether it can run the kernels. */
    public boolean usable() {
        return ready && atLeast(1, 2);
    }

    /** Why {@link #usable} says no. */
    public String shortcoming() {
        return ready ? "has only " + version : "is not available, has no compiler or is big endian";
    }

    private boolean atLeast(int major, int minor) {
        Matcher m = VERSION.matcher(version);
        return m.matches()
                && (Integer.parseInt(m.group(1)) > major
                        || (Integer.parseInt(m.group(1)) == major && Integer.parseInt(m.group(2)) >= minor));
    }

    private static String text(long device, int what) {
        return text((bytes, size) -> clGetDeviceInfo(device, what, bytes, size));
    }

    private static String platformName(long platform) {
        return text((bytes, size) -> clGetPlatformInfo(platform, CL_PLATFORM_NAME, bytes, size));
    }

    /** Asks for a text's size or for the text. */
    private interface Question {
        int ask(@Nullable ByteBuffer bytes, @Nullable PointerBuffer size);
    }

    private static String text(Question question) {
        try (MemoryStack stack = stackPush()) {
            PointerBuffer size = stack.mallocPointer(1);
            Cl.check(question.ask(null, size), "describe a device");
            ByteBuffer bytes = stack.malloc((int) size.get(0));
            Cl.check(question.ask(bytes, null), "describe a device");
            return MemoryUtil.memUTF8(bytes, bytes.remaining() - 1);
        }
    }

    /** A number or truth value of up to 8 bytes. */
    private static long number(long device, int what) {
        try (MemoryStack stack = stackPush()) {
            ByteBuffer bytes = stack.calloc(8);
            Cl.check(clGetDeviceInfo(device, what, bytes, null), "describe a device");
            return bytes.getLong(0);
        }
    }
}
