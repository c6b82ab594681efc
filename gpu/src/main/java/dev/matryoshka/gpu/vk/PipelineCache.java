package dev.matryoshka.gpu.vk;

import static org.lwjgl.system.MemoryStack.stackPush;
import static org.lwjgl.vulkan.VK10.VK_SUCCESS;
import static org.lwjgl.vulkan.VK10.vkCreatePipelineCache;
import static org.lwjgl.vulkan.VK10.vkDestroyPipelineCache;
import static org.lwjgl.vulkan.VK10.vkGetPipelineCacheData;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;
import org.lwjgl.PointerBuffer;
import org.lwjgl.system.MemoryStack;
import org.lwjgl.system.MemoryUtil;
import org.lwjgl.vulkan.VkPipelineCacheCreateInfo;

/**
 * Compiled kernels on disk, a file for each driver, so that only the first start compiles. The folder is the system
 * property {@code matryoshka.cache}; without it nothing is kept. A damaged file is the driver's to refuse.
 */
final class PipelineCache implements AutoCloseable {
    private final VulkanDevice device;
    private final long handle;
    private final @Nullable Path file;
    private boolean grown;

    private PipelineCache(VulkanDevice device, long handle, @Nullable Path file) {
        this.device = device;
        this.handle = handle;
        this.file = file;
    }

    static PipelineCache open(VulkanDevice device) {
        String folder = System.getProperty("matryoshka.cache", "");
        Path file = folder.isEmpty()
                ? null
                : Path.of(folder, "vulkan", device.physical().driver() + ".cache");
        byte[] data = read(file);
        ByteBuffer buffer =
                MemoryUtil.memAlloc(Math.max(1, data.length)).put(data).flip();
        try (MemoryStack stack = stackPush()) {
            LongBuffer pointer = stack.mallocLong(1);
            VkPipelineCacheCreateInfo info =
                    VkPipelineCacheCreateInfo.calloc(stack).sType$Default().pInitialData(buffer);
            Vk.check(vkCreatePipelineCache(device.handle(), info, null, pointer), "keep compiled kernels");
            return new PipelineCache(device, pointer.get(0), file);
        } finally {
            MemoryUtil.memFree(buffer);
        }
    }

    private static byte[] read(@Nullable Path file) {
        try {
            return file == null || !Files.exists(file) ? new byte[0] : Files.readAllBytes(file);
        } catch (IOException e) {
            return new byte[0]; // as after the first start
        }
    }

    long handle() {
        return handle;
    }

    /** Notes that a kernel was compiled. */
    void grown() {
        grown = true;
    }

    private void write(Path to) {
        try (MemoryStack stack = stackPush()) {
            PointerBuffer size = stack.mallocPointer(1);
            if (vkGetPipelineCacheData(device.handle(), handle, size, null) != VK_SUCCESS) {
                return; // a lost device's are lost too
            }
            ByteBuffer data = MemoryUtil.memAlloc(Math.toIntExact(size.get(0)));
            try {
                if (vkGetPipelineCacheData(device.handle(), handle, size, data) == VK_SUCCESS) {
                    byte[] bytes = new byte[data.remaining()];
                    data.get(bytes);
                    Files.createDirectories(to.getParent());
                    Path fresh = Files.createTempFile(to.getParent(), "cache", ".part");
                    Files.write(fresh, bytes);
                    Files.move(fresh, to, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
                }
            } finally {
                MemoryUtil.memFree(data);
            }
        } catch (IOException e) {
            // the next start compiles again
        }
    }

    @Override
    public void close() {
        if (grown && file != null) {
            write(file);
        }
        vkDestroyPipelineCache(device.handle(), handle, null);
    }
}
