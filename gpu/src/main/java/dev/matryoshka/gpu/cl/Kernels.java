package dev.matryoshka.gpu.cl;

import static org.lwjgl.opencl.CL10.CL_BUILD_PROGRAM_FAILURE;
import static org.lwjgl.opencl.CL10.CL_PROGRAM_BUILD_LOG;
import static org.lwjgl.opencl.CL10.CL_SUCCESS;
import static org.lwjgl.opencl.CL10.clBuildProgram;
import static org.lwjgl.opencl.CL10.clCreateKernel;
import static org.lwjgl.opencl.CL10.clCreateProgramWithSource;
import static org.lwjgl.opencl.CL10.clGetProgramBuildInfo;
import static org.lwjgl.opencl.CL10.clReleaseProgram;
import static org.lwjgl.system.MemoryStack.stackPush;
import static org.lwjgl.system.MemoryUtil.NULL;

import dev.matryoshka.gpu.device.Kernel;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.lwjgl.PointerBuffer;
import org.lwjgl.system.MemoryStack;

/** Kernels compiled by the driver from {@code src/main/opencl}, each once; constants are build defines. */
final class Kernels implements AutoCloseable {
    private static final Pattern INCLUDE = Pattern.compile("#include \"(.+)\"");

    private final long context;
    private final long device;
    private final Map<Kernel, Long> programs = new HashMap<>();

    Kernels(long context, long device) {
        this.context = context;
        this.device = device;
    }

    /** A kernel without arguments, the caller's to release. */
    long create(Kernel kernel) {
        try (MemoryStack stack = stackPush()) {
            IntBuffer result = stack.ints(0);
            long handle = clCreateKernel(programs.computeIfAbsent(kernel, this::build), kernel.shader(), result);
            Cl.check(result.get(0), "start " + kernel.shader());
            return handle;
        }
    }

    private long build(Kernel kernel) {
        try (MemoryStack stack = stackPush()) {
            IntBuffer result = stack.ints(0);
            long program = clCreateProgramWithSource(context, source(kernel.shader() + ".cl"), result);
            Cl.check(result.get(0), "read " + kernel.shader());
            int built = SignalHandlers.kept(() -> clBuildProgram(program, device, options(kernel), null, NULL));
            if (built != CL_SUCCESS) {
                String log = built == CL_BUILD_PROGRAM_FAILURE ? ": " + firstLine(log(program)) : "";
                clReleaseProgram(program);
                Cl.check(built, "compile " + kernel.shader() + log);
            }
            return program;
        }
    }

    private static String options(Kernel kernel) {
        return IntStream.range(1, kernel.constants().size())
                .mapToObj(i -> " -D CONSTANT_" + i + "=" + kernel.constants().get(i))
                .collect(Collectors.joining("", "-cl-std=CL1.2 -D LANES=" + kernel.localSize(), ""));
    }

    /** Of what the compiler said, the first error. */
    private static String firstLine(String log) {
        return log.lines()
                .filter(line -> line.contains("error"))
                .findFirst()
                .or(() -> log.lines().findFirst())
                .orElse("")
                .strip();
    }

    private String log(long program) {
        try (MemoryStack stack = stackPush()) {
            PointerBuffer size = stack.mallocPointer(1);
            Cl.check(
                    clGetProgramBuildInfo(program, device, CL_PROGRAM_BUILD_LOG, (ByteBuffer) null, size),
                    "say what is wrong");
            ByteBuffer bytes = ByteBuffer.allocateDirect((int) size.get(0));
            Cl.check(clGetProgramBuildInfo(program, device, CL_PROGRAM_BUILD_LOG, bytes, null), "say what is wrong");
            return StandardCharsets.UTF_8.decode(bytes).toString();
        }
    }

    /** A source with all that it includes. */
    private static String source(String name) {
        try (InputStream in = Kernels.class.getResourceAsStream("/dev/matryoshka/gpu/opencl/" + name)) {
            String text = new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
            return INCLUDE.matcher(text).replaceAll(include -> Matcher.quoteReplacement(source(include.group(1))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        programs.values().forEach(p -> clReleaseProgram(p));
        programs.clear();
    }
}
