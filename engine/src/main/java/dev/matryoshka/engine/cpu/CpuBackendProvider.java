package dev.matryoshka.engine.cpu;

import com.sun.management.OperatingSystemMXBean;
import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.backend.BackendProvider;
import dev.matryoshka.engine.backend.DeviceInfo;
import dev.matryoshka.engine.error.InvalidRequestException;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;

/** Opens {@code cpu} and {@code cpu:THREADS}. */
public final class CpuBackendProvider implements BackendProvider {
    @Override
    public String kind() {
        return "cpu";
    }

    @Override
    public List<DeviceInfo> list() {
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        int threads = Runtime.getRuntime().availableProcessors();
        String name = CpuBackend.name(threads);
        String java = "Java " + Runtime.version();
        return List.of(new DeviceInfo(
                kind(),
                name,
                DeviceInfo.Kind.CPU,
                java,
                "Vector API",
                name + ", " + java,
                system.getTotalMemorySize(),
                system.getFreeMemorySize(),
                Map.of("threads", (long) threads),
                List.of(VectorKernels.F.vectorBitSize() + "-bit vectors"),
                true,
                null));
    }

    @Override
    public Backend open(String device) {
        if (device.isEmpty()) {
            return new CpuBackend();
        }
        if (!device.matches("[1-9][0-9]{0,2}")) {
            throw new InvalidRequestException("'" + device + "' is no number of threads", "write cpu or cpu:4");
        }
        int processors = Runtime.getRuntime().availableProcessors(); // more threads only wait for each other
        return new CpuBackend(Math.min(Integer.parseInt(device), processors));
    }
}
