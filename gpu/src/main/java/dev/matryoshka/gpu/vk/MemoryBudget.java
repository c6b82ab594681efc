package dev.matryoshka.gpu.vk;

import static org.lwjgl.system.MemoryStack.stackPush;
import static org.lwjgl.vulkan.VK10.VK_MEMORY_HEAP_DEVICE_LOCAL_BIT;
import static org.lwjgl.vulkan.VK11.vkGetPhysicalDeviceMemoryProperties2;

import com.sun.management.OperatingSystemMXBean;
import dev.matryoshka.engine.backend.DeviceInfo;
import java.lang.management.ManagementFactory;
import org.lwjgl.system.MemoryStack;
import org.lwjgl.vulkan.VkPhysicalDeviceMemoryBudgetPropertiesEXT;
import org.lwjgl.vulkan.VkPhysicalDeviceMemoryProperties;
import org.lwjgl.vulkan.VkPhysicalDeviceMemoryProperties2;

/**
 * A device's memory now.
 *
 * @param bytes size of what it computes in: its largest heap of its own, or every heap where it shares the host's memory; of a
 *     processor all the machine has, since llvmpipe says 2 GB whatever there is
 * @param free bytes that this process may still take, by VK_EXT_memory_budget; all of them where the driver lacks it
 */
public record MemoryBudget(long bytes, long free) {
    static MemoryBudget of(PhysicalDevice device) {
        if (device.kind() == DeviceInfo.Kind.CPU && !device.memoryBudget()) {
            long machine = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class)
                    .getTotalMemorySize();
            return new MemoryBudget(machine, machine);
        }
        try (MemoryStack stack = stackPush()) {
            VkPhysicalDeviceMemoryProperties2 all =
                    VkPhysicalDeviceMemoryProperties2.calloc(stack).sType$Default();
            VkPhysicalDeviceMemoryBudgetPropertiesEXT budget =
                    VkPhysicalDeviceMemoryBudgetPropertiesEXT.calloc(stack).sType$Default();
            if (device.memoryBudget()) {
                all.pNext(budget);
            }
            vkGetPhysicalDeviceMemoryProperties2(device.handle(), all);
            VkPhysicalDeviceMemoryProperties memory = all.memoryProperties();
            long bytes = 0;
            long free = 0;
            for (int i = 0; i < memory.memoryHeapCount(); i++) {
                long size = memory.memoryHeaps(i).size();
                long left = device.memoryBudget() ? Math.max(0, budget.heapBudget(i) - budget.heapUsage(i)) : size;
                if (device.unifiedMemory()) {
                    bytes += size;
                    free += left;
                } else if ((memory.memoryHeaps(i).flags() & VK_MEMORY_HEAP_DEVICE_LOCAL_BIT) != 0 && size > bytes) {
                    bytes = size;
                    free = left;
                }
            }
            return new MemoryBudget(bytes, free);
        }
    }
}
