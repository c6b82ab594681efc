package dev.matryoshka.gpu.vk;

import static org.lwjgl.system.MemoryStack.stackPush;
import static org.lwjgl.system.MemoryUtil.NULL;
import static org.lwjgl.util.vma.Vma.VMA_ALLOCATION_CREATE_HOST_ACCESS_RANDOM_BIT;
import static org.lwjgl.util.vma.Vma.VMA_ALLOCATION_CREATE_MAPPED_BIT;
import static org.lwjgl.util.vma.Vma.VMA_MEMORY_USAGE_AUTO_PREFER_DEVICE;
import static org.lwjgl.util.vma.Vma.VMA_MEMORY_USAGE_AUTO_PREFER_HOST;
import static org.lwjgl.vulkan.VK10.VK_BUFFER_USAGE_STORAGE_BUFFER_BIT;
import static org.lwjgl.vulkan.VK10.VK_BUFFER_USAGE_TRANSFER_DST_BIT;
import static org.lwjgl.vulkan.VK10.VK_BUFFER_USAGE_TRANSFER_SRC_BIT;
import static org.lwjgl.vulkan.VK10.VK_BUFFER_USAGE_UNIFORM_BUFFER_BIT;
import static org.lwjgl.vulkan.VK10.VK_BUFFER_USAGE_UNIFORM_TEXEL_BUFFER_BIT;
import static org.lwjgl.vulkan.VK10.vkDestroyDevice;
import static org.lwjgl.vulkan.VK10.vkGetDeviceQueue;
import static org.lwjgl.vulkan.VK11.VK_API_VERSION_1_1;

import dev.matryoshka.engine.backend.MemoryLedger;
import dev.matryoshka.gpu.device.DeviceBuffer;
import dev.matryoshka.gpu.device.GpuDevice;
import dev.matryoshka.gpu.device.Transfers;
import java.lang.foreign.MemorySegment;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lwjgl.PointerBuffer;
import org.lwjgl.system.MemoryStack;
import org.lwjgl.util.vma.Vma;
import org.lwjgl.util.vma.VmaAllocationCreateInfo;
import org.lwjgl.util.vma.VmaAllocationInfo;
import org.lwjgl.util.vma.VmaAllocatorCreateInfo;
import org.lwjgl.util.vma.VmaVulkanFunctions;
import org.lwjgl.vulkan.VK10;
import org.lwjgl.vulkan.VkBufferCreateInfo;
import org.lwjgl.vulkan.VkDevice;
import org.lwjgl.vulkan.VkDeviceCreateInfo;
import org.lwjgl.vulkan.VkDeviceQueueCreateInfo;
import org.lwjgl.vulkan.VkPhysicalDeviceShaderIntegerDotProductFeaturesKHR;
import org.lwjgl.vulkan.VkQueue;

/** An opened device: its memory, its queue and its pipelines. One thread at a time submits; the caller sees to it. */
public final class VulkanDevice implements GpuDevice {
    private final VulkanInstance instance;
    private final PhysicalDevice physical;
    private final VkDevice device;
    private final VkQueue queue;
    private final long allocator;
    private final MemoryLedger ledger = new MemoryLedger();
    private final Pipelines pipelines;
    private final VulkanTransfers transfers;

    /** Opens a device; closing it closes the instance too, a failure to open it does not. */
    public VulkanDevice(VulkanInstance instance, PhysicalDevice physical) {
        this.instance = instance;
        this.physical = physical;
        try (MemoryStack stack = stackPush()) {
            device = create(stack);
            PointerBuffer pointer = stack.mallocPointer(1);
            vkGetDeviceQueue(device, physical.queueFamily(), 0, pointer);
            queue = new VkQueue(pointer.get(0), device);
        }
        allocator = createAllocator();
        try {
            pipelines = new Pipelines(this);
            transfers = new VulkanTransfers(this);
        } catch (RuntimeException | Error e) {
            Vma.vmaDestroyAllocator(allocator);
            vkDestroyDevice(device, null);
            throw e;
        }
    }

    private long createAllocator() {
        try (MemoryStack stack = stackPush()) {
            PointerBuffer pointer = stack.mallocPointer(1);
            VmaAllocatorCreateInfo info = VmaAllocatorCreateInfo.calloc(stack)
                    .physicalDevice(physical.handle())
                    .device(device)
                    .instance(instance.handle())
                    .vulkanApiVersion(VK_API_VERSION_1_1)
                    .pVulkanFunctions(VmaVulkanFunctions.calloc(stack).set(instance.handle(), device));
            Vk.check(Vma.vmaCreateAllocator(info, pointer), "manage its memory");
            return pointer.get(0);
        } catch (RuntimeException | Error e) {
            vkDestroyDevice(device, null);
            throw e;
        }
    }

    private VkDevice create(MemoryStack stack) {
        VkDeviceQueueCreateInfo.Buffer queues = VkDeviceQueueCreateInfo.calloc(1, stack);
        queues.get(0).sType$Default().queueFamilyIndex(physical.queueFamily()).pQueuePriorities(stack.floats(1));
        VkDeviceCreateInfo info =
                VkDeviceCreateInfo.calloc(stack).sType$Default().pQueueCreateInfos(queues);
        List<String> extensions = new ArrayList<>();
        if (physical.cooperative()) {
            extensions.add(CooperativeMatrices.EXTENSION);
            CooperativeMatrices.enable(info, stack);
        }
        if (physical.integerDot()) {
            extensions.add("VK_KHR_shader_integer_dot_product");
            info.pNext(VkPhysicalDeviceShaderIntegerDotProductFeaturesKHR.calloc(stack)
                    .sType$Default()
                    .shaderIntegerDotProduct(true));
        }
        PointerBuffer names = stack.mallocPointer(extensions.size());
        extensions.forEach(name -> names.put(stack.UTF8(name)));
        info.ppEnabledExtensionNames(names.flip());
        PointerBuffer pointer = stack.mallocPointer(1);
        Vk.check(VK10.vkCreateDevice(physical.handle(), info, null, pointer), "open " + physical.name());
        return new VkDevice(pointer.get(0), physical.handle(), info);
    }

    /** Where memory lives. */
    public enum Place {
        /** With the device; mapped only where host and device share memory. */
        DEVICE,
        /** With the host, always mapped. */
        HOST
    }

    @Override
    public DeviceBuffer allocate(String purpose, long bytes) {
        return allocate(purpose, bytes, Place.DEVICE);
    }

    /** The same in either place. */
    public DeviceBuffer allocate(String purpose, long bytes, Place place) {
        long size = Math.max(16, (bytes + 15) / 16 * 16);
        try (MemoryStack stack = stackPush()) {
            VkBufferCreateInfo buffer = VkBufferCreateInfo.calloc(stack)
                    .sType$Default()
                    .size(size)
                    .usage(VK_BUFFER_USAGE_STORAGE_BUFFER_BIT
                            | VK_BUFFER_USAGE_TRANSFER_SRC_BIT
                            | VK_BUFFER_USAGE_TRANSFER_DST_BIT
                            | VK_BUFFER_USAGE_UNIFORM_BUFFER_BIT
                            | VK_BUFFER_USAGE_UNIFORM_TEXEL_BUFFER_BIT);
            boolean host = place == Place.HOST || physical.unifiedMemory();
            VmaAllocationCreateInfo how = VmaAllocationCreateInfo.calloc(stack)
                    .usage(
                            place == Place.HOST
                                    ? VMA_MEMORY_USAGE_AUTO_PREFER_HOST
                                    : VMA_MEMORY_USAGE_AUTO_PREFER_DEVICE)
                    .flags(host ? VMA_ALLOCATION_CREATE_HOST_ACCESS_RANDOM_BIT | VMA_ALLOCATION_CREATE_MAPPED_BIT : 0)
                    .requiredFlags(host ? VK10.VK_MEMORY_PROPERTY_HOST_COHERENT_BIT : 0);
            LongBuffer handle = stack.mallocLong(1);
            PointerBuffer allocation = stack.mallocPointer(1);
            VmaAllocationInfo result = VmaAllocationInfo.calloc(stack);
            Vk.check(
                    Vma.vmaCreateBuffer(allocator, buffer, how, handle, allocation, result),
                    "hold " + (size >> 20) + " MB of " + purpose);
            ledger.add(purpose, size);
            long held = handle.get(0);
            long memory = allocation.get(0);
            return new DeviceBuffer(held, size, mapped(result.pMappedData(), size), () -> {
                Vma.vmaDestroyBuffer(allocator, held, memory);
                ledger.add(purpose, -size);
            });
        }
    }

    @SuppressWarnings("restricted") // the allocator says how long it is
    private static @Nullable MemorySegment mapped(long address, long size) {
        return address == NULL ? null : MemorySegment.ofAddress(address).reinterpret(size);
    }

    /** What the driver says of it. */
    public PhysicalDevice physical() {
        return physical;
    }

    @Override
    public MemoryLedger ledger() {
        return ledger;
    }

    @Override
    public Transfers transfers() {
        return transfers;
    }

    /** Kernels ready to run. */
    Pipelines pipelines() {
        return pipelines;
    }

    VkDevice handle() {
        return device;
    }

    VkQueue queue() {
        return queue;
    }

    long allocator() {
        return allocator;
    }

    /** Ends with an error if the validation layer complained. */
    public void checkValidation() {
        List<String> messages = instance.messages();
        if (!messages.isEmpty()) {
            throw new IllegalStateException("Vulkan validation: " + String.join("\n", messages));
        }
    }

    @Override
    public void close() {
        VK10.vkDeviceWaitIdle(device);
        transfers.close();
        pipelines.close();
        Vma.vmaDestroyAllocator(allocator);
        vkDestroyDevice(device, null);
        instance.close();
        checkValidation(); // of what closing itself did wrong
        if (instance.validates() && ledger.bytes().values().stream().anyMatch(bytes -> bytes != 0)) {
            throw new IllegalStateException("memory was not given back: " + ledger.bytes());
        }
    }
}
