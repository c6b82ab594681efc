package dev.matryoshka.gpu;

import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.backend.BackendProvider;
import dev.matryoshka.engine.backend.DeviceInfo;
import dev.matryoshka.engine.error.DeviceException;
import dev.matryoshka.gpu.vk.MemoryBudget;
import dev.matryoshka.gpu.vk.PhysicalDevice;
import dev.matryoshka.gpu.vk.VulkanDevice;
import dev.matryoshka.gpu.vk.VulkanInstance;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Opens {@code vulkan} (the first usable device, processors last) or {@code vulkan:N}. */
public final class VulkanBackendProvider implements BackendProvider {
    private static final String KIND = "vulkan";
    private static final DeviceChoice<PhysicalDevice> CHOICE =
            new DeviceChoice<>(KIND, PhysicalDevice::usable, d -> d.kind() == DeviceInfo.Kind.CPU);
    private static final long COST_PER_SUBMIT = 256L << 20;

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public List<DeviceInfo> list() {
        try (VulkanInstance instance = new VulkanInstance()) {
            return instance.devices().stream().map(this::describe).toList();
        }
    }

    private DeviceInfo describe(PhysicalDevice device) {
        MemoryBudget memory = device.memory();
        Map<String, Long> limits = Map.of(
                "max_binding_bytes", device.maxBinding(),
                "max_kernel_buffers", (long) device.maxBindings(),
                "max_texels", device.maxTexels(),
                "max_work_groups", (long) device.maxGroups(),
                "subgroup_size", (long) device.subgroup());
        List<String> features = new ArrayList<>();
        if (device.subgroup() > 0) {
            features.add("subgroup arithmetic");
        }
        if (device.integerDot()) {
            features.add("integer dot product");
        }
        if (device.cooperative()) {
            features.add("cooperative matrices");
        }
        if (device.memoryBudget()) {
            features.add("memory budget");
        }
        if (device.timestampNanos() > 0) {
            features.add("timestamps");
        }
        return new DeviceInfo(
                kind() + ":" + device.index(),
                device.name(),
                device.kind(),
                device.driverName(),
                "Vulkan " + device.version(),
                device.driver(),
                memory.bytes(),
                memory.free(),
                limits,
                features,
                true,
                device.usable() ? null : device.shortcoming());
    }

    @Override
    public Backend open(String device) {
        VulkanInstance instance = new VulkanInstance();
        PhysicalDevice chosen;
        VulkanDevice opened;
        try {
            chosen = choose(instance.devices(), device);
            opened = new VulkanDevice(instance, chosen);
        } catch (RuntimeException | Error e) {
            instance.close();
            throw e;
        }
        try {
            return new VulkanBackend(opened, Tuning.of(chosen), chosen.maxBinding(), COST_PER_SUBMIT);
        } catch (RuntimeException | Error e) {
            opened.close(); // and with it the instance
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
