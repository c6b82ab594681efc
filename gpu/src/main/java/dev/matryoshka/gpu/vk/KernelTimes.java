package dev.matryoshka.gpu.vk;

import static org.lwjgl.system.MemoryStack.stackPush;
import static org.lwjgl.vulkan.VK10.VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT;
import static org.lwjgl.vulkan.VK10.VK_QUERY_RESULT_64_BIT;
import static org.lwjgl.vulkan.VK10.VK_QUERY_RESULT_WAIT_BIT;
import static org.lwjgl.vulkan.VK10.VK_QUERY_TYPE_TIMESTAMP;
import static org.lwjgl.vulkan.VK10.vkCmdResetQueryPool;
import static org.lwjgl.vulkan.VK10.vkCmdWriteTimestamp;
import static org.lwjgl.vulkan.VK10.vkCreateQueryPool;
import static org.lwjgl.vulkan.VK10.vkDestroyQueryPool;
import static org.lwjgl.vulkan.VK10.vkGetQueryPoolResults;

import dev.matryoshka.engine.backend.KernelTime;
import dev.matryoshka.gpu.device.Dispatch;
import java.nio.LongBuffer;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.lwjgl.system.MemoryStack;
import org.lwjgl.system.MemoryUtil;
import org.lwjgl.vulkan.VkCommandBuffer;
import org.lwjgl.vulkan.VkQueryPoolCreateInfo;

/**
 * Timestamps after every dispatch, summed up by kernel. On with the system property {@code matryoshka.vulkan.trace},
 * where the device has timestamps. Dispatches without a barrier in between overlap; the last to end gets the time.
 */
final class KernelTimes implements AutoCloseable {
    private final VulkanDevice device;
    private final List<String> names;
    private final long pool; // query 0 is each submit's start, query i + 1 the end of dispatch i; 0 for none
    private final Map<String, KernelTime> total = new TreeMap<>();
    private final int[] starts;

    private KernelTimes(VulkanDevice device, List<String> names, long pool) {
        this.device = device;
        this.names = names;
        this.pool = pool;
        starts = new int[names.size()];
    }

    static KernelTimes of(VulkanDevice device, List<Dispatch> dispatches) {
        List<String> names = dispatches.stream().map(Dispatch::label).toList();
        if (!Boolean.getBoolean("matryoshka.vulkan.trace") || device.physical().timestampNanos() == 0) {
            return new KernelTimes(device, List.of(), 0);
        }
        try (MemoryStack stack = stackPush()) {
            VkQueryPoolCreateInfo info = VkQueryPoolCreateInfo.calloc(stack)
                    .sType$Default()
                    .queryType(VK_QUERY_TYPE_TIMESTAMP)
                    .queryCount(2 * Math.max(1, names.size()));
            LongBuffer pointer = stack.mallocLong(1);
            Vk.check(vkCreateQueryPool(device.handle(), info, null, pointer), "measure time");
            return new KernelTimes(device, names, pointer.get(0));
        }
    }

    /** Before the dispatches [from, to) of a submit. */
    void begin(VkCommandBuffer commands, int from, int to) {
        if (pool != 0) {
            vkCmdResetQueryPool(commands, pool, 2 * from, 2 * (to - from));
            vkCmdWriteTimestamp(commands, VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT, pool, 2 * from);
            for (int i = from; i < to; i++) {
                starts[i] = i == from ? 2 * from : 2 * (i - 1) + 1;
            }
        }
    }

    void after(VkCommandBuffer commands, int dispatch) {
        if (pool != 0) {
            vkCmdWriteTimestamp(commands, VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT, pool, 2 * dispatch + 1);
        }
    }

    void collect() {
        for (int i = 0; i < names.size(); i++) {
            long nanos = (long) ((read(2 * i + 1) - read(starts[i]))
                    * (double) device.physical().timestampNanos());
            total.merge(names.get(i), new KernelTime(names.get(i), 1, nanos), KernelTime::plus);
        }
    }

    private long read(int query) {
        LongBuffer value = MemoryUtil.memAllocLong(1);
        try {
            Vk.check(
                    vkGetQueryPoolResults(
                            device.handle(),
                            pool,
                            query,
                            1,
                            value,
                            8,
                            VK_QUERY_RESULT_64_BIT | VK_QUERY_RESULT_WAIT_BIT),
                    "measure time");
            return value.get(0);
        } finally {
            MemoryUtil.memFree(value);
        }
    }

    Collection<KernelTime> total() {
        return total.values();
    }

    @Override
    public void close() {
        if (pool != 0) {
            vkDestroyQueryPool(device.handle(), pool, null);
        }
    }
}
