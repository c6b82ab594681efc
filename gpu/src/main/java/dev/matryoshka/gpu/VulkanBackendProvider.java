package dev.matryoshka.gpu;

import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.backend.BackendProvider;
import dev.matryoshka.engine.error.DeviceException;
import dev.matryoshka.engine.error.InvalidRequestException;
import dev.matryoshka.gpu.vk.PhysicalDevice;
import dev.matryoshka.gpu.vk.VulkanDevice;
import dev.matryoshka.gpu.vk.VulkanInstance;
import java.util.List;

/** Opens {@code vulkan} (the first usable device) or {@code vulkan:N}. */
public final class VulkanBackendProvider implements BackendProvider {
    private static final long COST_PER_SUBMIT = 256L << 20;

    @Override
    public String kind() {
        return "vulkan";
    }

    @Override
    public Backend open(String device) {
        VulkanInstance instance = new VulkanInstance();
        try {
            PhysicalDevice chosen = choose(instance.devices(), device);
            return new VulkanBackend(
                    new VulkanDevice(instance, chosen), Tuning.of(chosen), chosen.maxBinding(), COST_PER_SUBMIT);
        } catch (RuntimeException | Error e) {
            instance.close();
            throw e;
        }
    }

    private static PhysicalDevice choose(List<PhysicalDevice> devices, String wanted) {
        if (devices.isEmpty()) {
            throw new DeviceException(
                    "no Vulkan driver works here", "install your GPU's driver, or use the CPU (--device cpu)");
        }
        int index = index(wanted, devices.size());
        PhysicalDevice device = devices.get(index);
        if (!device.usable()) {
            throw new DeviceException(
                    device.name() + " " + device.shortcoming(), "choose another device, or use the CPU (--device cpu)");
        }
        return device;
    }

    private static int index(String wanted, int count) {
        if (wanted.isEmpty()) {
            return 0;
        }
        try {
            int index = Integer.parseInt(wanted);
            if (index >= 0 && index < count) {
                return index;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new InvalidRequestException(
                "there is no device 'vulkan:" + wanted + "'",
                "there are " + count + ", vulkan:0 to vulkan:" + (count - 1));
    }
}
