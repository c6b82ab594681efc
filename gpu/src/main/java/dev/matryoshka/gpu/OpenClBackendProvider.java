package dev.matryoshka.gpu;

import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.backend.BackendProvider;
import dev.matryoshka.engine.error.DeviceException;
import dev.matryoshka.engine.error.InvalidRequestException;
import dev.matryoshka.gpu.cl.OpenClDevice;
import dev.matryoshka.gpu.cl.PhysicalDevice;
import java.util.List;

/** Opens {@code opencl} (the first usable device, processors last) or {@code opencl:N}. */
public final class OpenClBackendProvider implements BackendProvider {
    @Override
    public String kind() {
        return "opencl";
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
        if (devices.isEmpty()) {
            throw new DeviceException(
                    "no OpenCL driver here has a device",
                    "install your GPU's OpenCL driver, or use the CPU (--device cpu)");
        }
        PhysicalDevice device = wanted.isEmpty()
                ? devices.stream().filter(PhysicalDevice::usable).findFirst().orElse(devices.getFirst())
                : devices.get(index(wanted, devices.size()));
        if (!device.usable()) {
            throw new DeviceException(
                    device.name() + " " + device.shortcoming(), "choose another device, or use the CPU (--device cpu)");
        }
        return device;
    }

    private static int index(String wanted, int count) {
        try {
            int index = Integer.parseInt(wanted);
            if (index >= 0 && index < count) {
                return index;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new InvalidRequestException(
                "there is no device 'opencl:" + wanted + "'",
                "there are " + count + ", opencl:0 to opencl:" + (count - 1));
    }
}
