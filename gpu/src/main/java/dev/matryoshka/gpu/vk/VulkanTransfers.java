package dev.matryoshka.gpu.vk;

import static org.lwjgl.system.MemoryStack.stackPush;
import static org.lwjgl.vulkan.VK10.VK_ACCESS_HOST_READ_BIT;
import static org.lwjgl.vulkan.VK10.VK_ACCESS_MEMORY_READ_BIT;
import static org.lwjgl.vulkan.VK10.VK_ACCESS_MEMORY_WRITE_BIT;
import static org.lwjgl.vulkan.VK10.VK_ACCESS_TRANSFER_WRITE_BIT;
import static org.lwjgl.vulkan.VK10.VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT;
import static org.lwjgl.vulkan.VK10.VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT;
import static org.lwjgl.vulkan.VK10.VK_PIPELINE_STAGE_ALL_COMMANDS_BIT;
import static org.lwjgl.vulkan.VK10.VK_PIPELINE_STAGE_HOST_BIT;
import static org.lwjgl.vulkan.VK10.VK_PIPELINE_STAGE_TRANSFER_BIT;
import static org.lwjgl.vulkan.VK10.vkCmdCopyBuffer;
import static org.lwjgl.vulkan.VK10.vkCmdFillBuffer;
import static org.lwjgl.vulkan.VK10.vkCmdPipelineBarrier;
import static org.lwjgl.vulkan.VK10.vkEndCommandBuffer;

import dev.matryoshka.engine.backend.MemoryLedger;
import dev.matryoshka.gpu.device.DeviceBuffer;
import dev.matryoshka.gpu.device.Transfers;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.lwjgl.system.MemoryStack;
import org.lwjgl.vulkan.VkBufferCopy;
import org.lwjgl.vulkan.VkCommandBuffer;
import org.lwjgl.vulkan.VkMemoryBarrier;

/**
 * Copies between host and device: straight where the device's memory is mapped, else through a staging buffer that is made
 * when first needed.
 */
final class VulkanTransfers implements Transfers, AutoCloseable {
    private static final long STAGING = 32L << 20;

    private final VulkanDevice device;
    private final CommandBuffers buffers;
    private final VkCommandBuffer commands;
    private @Nullable DeviceBuffer staging;

    VulkanTransfers(VulkanDevice device) {
        this.device = device;
        buffers = new CommandBuffers(device, VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT);
        commands = buffers.allocate();
    }

    @Override
    public synchronized void upload(DeviceBuffer to, long offset, long count, long unit, Source source) {
        MemorySegment mapped = to.mapped();
        if (mapped != null) {
            source.fill(mapped.asSlice(offset, count), 0, count);
            return;
        }
        DeviceBuffer through = staging();
        long most = Math.max(unit, through.bytes() / unit * unit);
        for (long at = 0; at < count; at += most) {
            long piece = Math.min(most, count - at);
            source.fill(Objects.requireNonNull(through.mapped()).asSlice(0, piece), at, piece);
            copy(through, 0, to, offset + at, piece);
        }
    }

    @Override
    public synchronized void download(DeviceBuffer from, long offset, MemorySegment into) {
        MemorySegment mapped = from.mapped();
        if (mapped != null) {
            MemorySegment.copy(mapped, offset, into, 0, into.byteSize());
            return;
        }
        DeviceBuffer through = staging();
        for (long at = 0; at < into.byteSize(); at += through.bytes()) {
            long piece = Math.min(through.bytes(), into.byteSize() - at);
            copy(from, offset + at, through, 0, piece);
            MemorySegment.copy(Objects.requireNonNull(through.mapped()), 0, into, at, piece);
        }
    }

    @Override
    public synchronized void gather(DeviceBuffer from, long[] offsets, long count, MemorySegment into) {
        if (from.mapped() != null || into.byteSize() > staging().bytes()) {
            for (int i = 0; i < offsets.length; i++) {
                download(from, offsets[i], into.asSlice(i * count, count));
            }
            return;
        }
        DeviceBuffer through = staging();
        try (VkBufferCopy.Buffer regions = VkBufferCopy.calloc(offsets.length)) {
            for (int i = 0; i < offsets.length; i++) {
                regions.get(i).srcOffset(offsets[i]).dstOffset(i * count).size(count);
            }
            once(c -> vkCmdCopyBuffer(c, from.handle(), through.handle(), regions));
        }
        MemorySegment.copy(Objects.requireNonNull(through.mapped()), 0, into, 0, into.byteSize());
    }

    @Override
    public synchronized void clear(DeviceBuffer buffer) {
        MemorySegment mapped = buffer.mapped();
        if (mapped != null) {
            mapped.fill((byte) 0);
        } else {
            once(c -> vkCmdFillBuffer(c, buffer.handle(), 0, buffer.bytes(), 0));
        }
    }

    private void copy(DeviceBuffer from, long fromAt, DeviceBuffer to, long toAt, long count) {
        try (MemoryStack stack = stackPush()) {
            VkBufferCopy.Buffer region = VkBufferCopy.calloc(1, stack);
            region.get(0).srcOffset(fromAt).dstOffset(toAt).size(count);
            once(c -> vkCmdCopyBuffer(c, from.handle(), to.handle(), region));
        }
    }

    private void once(Consumer<VkCommandBuffer> body) {
        CommandBuffers.begin(commands, VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT);
        body.accept(commands);
        try (MemoryStack stack = stackPush()) {
            VkMemoryBarrier.Buffer barrier = VkMemoryBarrier.calloc(1, stack);
            barrier.get(0)
                    .sType$Default()
                    .srcAccessMask(VK_ACCESS_TRANSFER_WRITE_BIT)
                    .dstAccessMask(VK_ACCESS_HOST_READ_BIT | VK_ACCESS_MEMORY_READ_BIT | VK_ACCESS_MEMORY_WRITE_BIT);
            vkCmdPipelineBarrier(
                    commands,
                    VK_PIPELINE_STAGE_TRANSFER_BIT,
                    VK_PIPELINE_STAGE_ALL_COMMANDS_BIT | VK_PIPELINE_STAGE_HOST_BIT,
                    0,
                    barrier,
                    null,
                    null);
        }
        Vk.check(vkEndCommandBuffer(commands), "record a copy");
        buffers.run(List.of(commands), "copy memory");
    }

    private DeviceBuffer staging() {
        DeviceBuffer buffer = staging;
        if (buffer == null) {
            buffer = device.allocate(MemoryLedger.STAGING, STAGING, VulkanDevice.Place.HOST);
            staging = buffer;
        }
        return buffer;
    }

    @Override
    public void close() {
        if (staging != null) {
            staging.close();
        }
        buffers.close();
    }
}
