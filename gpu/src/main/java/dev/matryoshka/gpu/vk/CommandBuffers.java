package dev.matryoshka.gpu.vk;

import static org.lwjgl.system.MemoryStack.stackPush;
import static org.lwjgl.vulkan.VK10.VK_COMMAND_BUFFER_LEVEL_PRIMARY;
import static org.lwjgl.vulkan.VK10.VK_NULL_HANDLE;
import static org.lwjgl.vulkan.VK10.vkAllocateCommandBuffers;
import static org.lwjgl.vulkan.VK10.vkBeginCommandBuffer;
import static org.lwjgl.vulkan.VK10.vkCreateCommandPool;
import static org.lwjgl.vulkan.VK10.vkCreateFence;
import static org.lwjgl.vulkan.VK10.vkDestroyCommandPool;
import static org.lwjgl.vulkan.VK10.vkDestroyFence;
import static org.lwjgl.vulkan.VK10.vkQueueSubmit;
import static org.lwjgl.vulkan.VK10.vkResetFences;
import static org.lwjgl.vulkan.VK10.vkWaitForFences;

import java.nio.LongBuffer;
import java.util.List;
import org.lwjgl.PointerBuffer;
import org.lwjgl.system.MemoryStack;
import org.lwjgl.vulkan.VkCommandBuffer;
import org.lwjgl.vulkan.VkCommandBufferAllocateInfo;
import org.lwjgl.vulkan.VkCommandBufferBeginInfo;
import org.lwjgl.vulkan.VkCommandPoolCreateInfo;
import org.lwjgl.vulkan.VkFenceCreateInfo;
import org.lwjgl.vulkan.VkSubmitInfo;

/** A pool of command buffers and the fence that waits for them. */
final class CommandBuffers implements AutoCloseable {
    private final VulkanDevice device;
    private final long pool;
    private final long fence;

    /** @param flags of the pool */
    CommandBuffers(VulkanDevice device, int flags) {
        this.device = device;
        try (MemoryStack stack = stackPush()) {
            LongBuffer pointer = stack.mallocLong(1);
            VkCommandPoolCreateInfo info = VkCommandPoolCreateInfo.calloc(stack)
                    .sType$Default()
                    .flags(flags)
                    .queueFamilyIndex(device.physical().queueFamily());
            Vk.check(vkCreateCommandPool(device.handle(), info, null, pointer), "record commands");
            pool = pointer.get(0);
            VkFenceCreateInfo fenceInfo = VkFenceCreateInfo.calloc(stack).sType$Default();
            Vk.check(vkCreateFence(device.handle(), fenceInfo, null, pointer), "wait for commands");
            fence = pointer.get(0);
        }
    }

    VkCommandBuffer allocate() {
        try (MemoryStack stack = stackPush()) {
            PointerBuffer pointer = stack.mallocPointer(1);
            VkCommandBufferAllocateInfo info = VkCommandBufferAllocateInfo.calloc(stack)
                    .sType$Default()
                    .commandPool(pool)
                    .level(VK_COMMAND_BUFFER_LEVEL_PRIMARY)
                    .commandBufferCount(1);
            Vk.check(vkAllocateCommandBuffers(device.handle(), info, pointer), "record commands");
            return new VkCommandBuffer(pointer.get(0), device.handle());
        }
    }

    static void begin(VkCommandBuffer commands, int flags) {
        try (MemoryStack stack = stackPush()) {
            VkCommandBufferBeginInfo info =
                    VkCommandBufferBeginInfo.calloc(stack).sType$Default().flags(flags);
            Vk.check(vkBeginCommandBuffer(commands, info), "record commands");
        }
    }

    /** Runs recorded buffers, each a submit of its own, and waits for the end of the last. */
    void run(List<VkCommandBuffer> submits, String doing) {
        if (submits.isEmpty()) {
            return;
        }
        try (MemoryStack stack = stackPush()) {
            Vk.check(vkResetFences(device.handle(), fence), doing);
            VkSubmitInfo info = VkSubmitInfo.calloc(stack).sType$Default();
            PointerBuffer one = stack.mallocPointer(1);
            for (int i = 0; i < submits.size(); i++) {
                info.pCommandBuffers(one.put(0, submits.get(i)));
                long signal = i == submits.size() - 1 ? fence : VK_NULL_HANDLE;
                Vk.check(vkQueueSubmit(device.queue(), info, signal), doing);
            }
            Vk.check(vkWaitForFences(device.handle(), fence, true, Long.MAX_VALUE), doing);
        }
    }

    @Override
    public void close() {
        vkDestroyFence(device.handle(), fence, null);
        vkDestroyCommandPool(device.handle(), pool, null);
    }
}
