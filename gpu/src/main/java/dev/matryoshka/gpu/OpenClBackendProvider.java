package dev.matryoshka.gpu;

import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.backend.BackendProvider;
import dev.matryoshka.engine.backend.DeviceInfo;
import dev.matryoshka.engine.error.DeviceException;
import dev.matryoshka.gpu.cl.OpenClDevice;
import dev.matryoshka.gpu.cl.PhysicalDevice;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Opens {@code opencl} (the first usable device, processors last) or {@code opencl:N}. */
public final class OpenClBackendProvider implements BackendProvider {
    private static final String KIND = "opencl";
    private static final DeviceChoice<PhysicalDevice> CHOICE =
            new DeviceChoice<>(KIND, PhysicalDevice::usable, PhysicalDevice::cpu);

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public List<DeviceInfo> list() {
        List<PhysicalDevice> devices = PhysicalDevice.all();
        return IntStream.range(0, devices.size())
                .mapToObj(i -> describe(kind() + ":" + i, devices.get(i)))
                .toList();
    }

    private static DeviceInfo describe(String id, PhysicalDevice device) {
        return new DeviceInfo(
                id,
                device.name(),
                device.kind(),
                device.driver(),
                device.version(),
                device.name() + ", " + device.driver(),
                device.memory(),
                device.memory(), // OpenCL doesn't say how much is left
                Map.of(
                        "max_allocation_bytes", device.maxAllocation(),
                        "max_work_group", device.maxLanes(),
                        "compute_units", device.units()),
                List.of(),
                false,
                device.usable() ? null : device.shortcoming());
    }

    @Override
    public Backend open(String device) {
        PhysicalDevice chosen = choose(PhysicalDevice.all(), device);
        OpenClDevice opened = new OpenClDevice(chosen);
        try {
            return new OpenClBackend(opened, OpenClTuning.of(chosen), OpenClBackend.TYPES);
        } catch (RuntimeException | Error e) {
            opened.close();
            throw e;
        }
    }

    private static PhysicalDevice choose(List<PhysicalDevice> devices, String wanted) {
        PhysicalDevice device = CHOICE.of(devices, wanted);
        if (!device.usable()) {
            throw new DeviceException(
                    device.name() + " " + device.shortcoming(), "choose another device, or use the CPU (--device cpu)");
        }
        return device;
    }
}
