package dev.matryoshka.gpu.vk;

import static org.lwjgl.system.MemoryStack.stackPush;
import static org.lwjgl.vulkan.VK10.VK_ACCESS_HOST_READ_BIT;
import static org.lwjgl.vulkan.VK10.VK_ACCESS_SHADER_READ_BIT;
import static org.lwjgl.vulkan.VK10.VK_ACCESS_SHADER_WRITE_BIT;
import static org.lwjgl.vulkan.VK10.VK_ACCESS_TRANSFER_READ_BIT;
import static org.lwjgl.vulkan.VK10.VK_DESCRIPTOR_TYPE_STORAGE_BUFFER;
import static org.lwjgl.vulkan.VK10.VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER;
import static org.lwjgl.vulkan.VK10.VK_FORMAT_R16_SFLOAT;
import static org.lwjgl.vulkan.VK10.VK_FORMAT_R32G32B32A32_UINT;
import static org.lwjgl.vulkan.VK10.VK_PIPELINE_BIND_POINT_COMPUTE;
import static org.lwjgl.vulkan.VK10.VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT;
import static org.lwjgl.vulkan.VK10.VK_PIPELINE_STAGE_HOST_BIT;
import static org.lwjgl.vulkan.VK10.VK_PIPELINE_STAGE_TRANSFER_BIT;
import static org.lwjgl.vulkan.VK10.VK_SHADER_STAGE_COMPUTE_BIT;
import static org.lwjgl.vulkan.VK10.vkAllocateDescriptorSets;
import static org.lwjgl.vulkan.VK10.vkCmdBindDescriptorSets;
import static org.lwjgl.vulkan.VK10.vkCmdBindPipeline;
import static org.lwjgl.vulkan.VK10.vkCmdDispatch;
import static org.lwjgl.vulkan.VK10.vkCmdPipelineBarrier;
import static org.lwjgl.vulkan.VK10.vkCmdPushConstants;
import static org.lwjgl.vulkan.VK10.vkCreateBufferView;
import static org.lwjgl.vulkan.VK10.vkCreateDescriptorPool;
import static org.lwjgl.vulkan.VK10.vkDestroyBufferView;
import static org.lwjgl.vulkan.VK10.vkDestroyDescriptorPool;
import static org.lwjgl.vulkan.VK10.vkEndCommandBuffer;
import static org.lwjgl.vulkan.VK10.vkUpdateDescriptorSets;

import dev.matryoshka.engine.backend.KernelTime;
import dev.matryoshka.gpu.device.DeviceBuffer;
import dev.matryoshka.gpu.device.Dispatch;
import dev.matryoshka.gpu.device.Kernel;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;
import org.lwjgl.system.MemoryStack;
import org.lwjgl.vulkan.VkBufferViewCreateInfo;
import org.lwjgl.vulkan.VkCommandBuffer;
import org.lwjgl.vulkan.VkDescriptorBufferInfo;
import org.lwjgl.vulkan.VkDescriptorPoolCreateInfo;
import org.lwjgl.vulkan.VkDescriptorPoolSize;
import org.lwjgl.vulkan.VkDescriptorSetAllocateInfo;
import org.lwjgl.vulkan.VkMemoryBarrier;
import org.lwjgl.vulkan.VkWriteDescriptorSet;

/**
 * Dispatches in command buffers, recorded once and submitted many times. A barrier stands only where a dispatch touches
 * what an earlier one wrote, or writes what it read. Long work is split over several submits, so that the driver's
 * watchdog stays calm.
 */
public final class Recording implements AutoCloseable {
    private final VulkanDevice device;
    private final String name;
    private final DeviceBuffer step;
    private final CommandBuffers buffers;
    private final long descriptors;
    private final List<VkCommandBuffer> submits = new ArrayList<>();
    private final List<Runnable> releases = new ArrayList<>();
    private final KernelTimes times;

    /**
     * Records.
     *
     * @param name for errors and traces
     * @param step the step's parameters, bound to every kernel
     * @param costPerSubmit the most {@link Dispatch#cost} of one submit, where more than one dispatch makes it
     */
    public Recording(
            VulkanDevice device, String name, List<Dispatch> dispatches, DeviceBuffer step, long costPerSubmit) {
        this.device = device;
        this.name = name;
        this.step = step;
        try {
            buffers = new CommandBuffers(device, 0);
            releases.add(buffers::close);
            descriptors = descriptorPool(dispatches);
            releases.add(() -> vkDestroyDescriptorPool(device.handle(), descriptors, null));
            times = KernelTimes.of(device, dispatches);
            releases.add(times::close);
            record(dispatches, costPerSubmit);
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private void record(List<Dispatch> dispatches, long costPerSubmit) {
        int first = 0;
        while (first < dispatches.size()) {
            int end = first;
            for (long cost = 0; end < dispatches.size() && (end == first || cost < costPerSubmit); end++) {
                cost += dispatches.get(end).cost();
            }
            submits.add(record(dispatches, first, end));
            first = end;
        }
    }

    private VkCommandBuffer record(List<Dispatch> dispatches, int from, int to) {
        VkCommandBuffer commands = buffers.allocate();
        CommandBuffers.begin(commands, 0);
        times.begin(commands, from, to);
        Hazards hazards = new Hazards();
        for (int i = from; i < to; i++) {
            Dispatch dispatch = dispatches.get(i);
            if (hazards.needBarrier(dispatch)) {
                barrier(
                        commands,
                        VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT,
                        VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT);
            }
            record(commands, dispatch);
            times.after(commands, i);
        }
        barrier(
                commands,
                VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT | VK_PIPELINE_STAGE_HOST_BIT | VK_PIPELINE_STAGE_TRANSFER_BIT,
                VK_ACCESS_SHADER_READ_BIT
                        | VK_ACCESS_SHADER_WRITE_BIT
                        | VK_ACCESS_HOST_READ_BIT
                        | VK_ACCESS_TRANSFER_READ_BIT);
        Vk.check(vkEndCommandBuffer(commands), "record " + name);
        return commands;
    }

    private static void barrier(VkCommandBuffer commands, int stages, int access) {
        try (MemoryStack stack = stackPush()) {
            VkMemoryBarrier.Buffer barrier = VkMemoryBarrier.calloc(1, stack);
            barrier.get(0)
                    .sType$Default()
                    .srcAccessMask(VK_ACCESS_SHADER_WRITE_BIT)
                    .dstAccessMask(access);
            vkCmdPipelineBarrier(commands, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, stages, 0, barrier, null, null);
        }
    }

    private void record(VkCommandBuffer commands, Dispatch dispatch) {
        Kernel kernel = dispatch.kernel();
        Pipelines.Layout layout = device.pipelines().layout(kernel.uses());
        vkCmdBindPipeline(
                commands, VK_PIPELINE_BIND_POINT_COMPUTE, device.pipelines().pipeline(kernel));
        try (MemoryStack stack = stackPush()) {
            LongBuffer set = stack.mallocLong(1);
            VkDescriptorSetAllocateInfo info = VkDescriptorSetAllocateInfo.calloc(stack)
                    .sType$Default()
                    .descriptorPool(descriptors)
                    .pSetLayouts(stack.longs(layout.set()));
            Vk.check(vkAllocateDescriptorSets(device.handle(), info, set), "record " + name);
            bind(stack, set.get(0), dispatch);
            vkCmdBindDescriptorSets(commands, VK_PIPELINE_BIND_POINT_COMPUTE, layout.pipeline(), 0, set, null);
        }
        vkCmdPushConstants(commands, layout.pipeline(), VK_SHADER_STAGE_COMPUTE_BIT, 0, dispatch.arguments());
        long most = Math.min(device.physical().maxGroups(), 65535);
        long across = Math.min(dispatch.groups(), most);
        vkCmdDispatch(commands, (int) across, Math.toIntExact((dispatch.groups() + across - 1) / across), 1);
    }

    private void bind(MemoryStack stack, long set, Dispatch dispatch) {
        int count = dispatch.bindings().size() + 1;
        VkWriteDescriptorSet.Buffer writes = VkWriteDescriptorSet.calloc(count, stack);
        for (int i = 0; i < count; i++) {
            Dispatch.Binding binding = i == 0
                    ? new Dispatch.Binding(step, 0, step.bytes(), Dispatch.Use.UNIFORM)
                    : dispatch.bindings().get(i - 1);
            VkWriteDescriptorSet write = writes.get(i)
                    .sType$Default()
                    .dstSet(set)
                    .dstBinding(i)
                    .descriptorCount(1)
                    .descriptorType(Pipelines.descriptorType(binding.use()));
            if (binding.use() == Dispatch.Use.QUADS || binding.use() == Dispatch.Use.HALVES) {
                write.pTexelBufferView(stack.longs(texels(stack, binding)));
            } else {
                VkDescriptorBufferInfo.Buffer info = VkDescriptorBufferInfo.calloc(1, stack);
                info.get(0)
                        .buffer(binding.buffer().handle())
                        .offset(binding.offset())
                        .range(binding.range());
                write.pBufferInfo(info);
            }
        }
        vkUpdateDescriptorSets(device.handle(), writes, null);
    }

    private long texels(MemoryStack stack, Dispatch.Binding binding) {
        LongBuffer view = stack.mallocLong(1);
        boolean quads = binding.use() == Dispatch.Use.QUADS;
        VkBufferViewCreateInfo info = VkBufferViewCreateInfo.calloc(stack)
                .sType$Default()
                .buffer(binding.buffer().handle())
                .format(quads ? VK_FORMAT_R32G32B32A32_UINT : VK_FORMAT_R16_SFLOAT)
                .offset(binding.offset())
                .range(binding.range());
        Vk.check(vkCreateBufferView(device.handle(), info, null, view), "record " + name);
        long made = view.get(0);
        releases.add(() -> vkDestroyBufferView(device.handle(), made, null));
        return made;
    }

    private long descriptorPool(List<Dispatch> dispatches) {
        int sets = Math.max(1, dispatches.size());
        int[] counts = new int[VK_DESCRIPTOR_TYPE_STORAGE_BUFFER + 1];
        dispatches.stream()
                .flatMap(d -> d.bindings().stream())
                .forEach(b -> counts[Pipelines.descriptorType(b.use())]++);
        counts[VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER] += sets;
        int[] types =
                IntStream.range(0, counts.length).filter(t -> counts[t] > 0).toArray();
        try (MemoryStack stack = stackPush()) {
            VkDescriptorPoolSize.Buffer sizes = VkDescriptorPoolSize.calloc(types.length, stack);
            for (int i = 0; i < types.length; i++) {
                sizes.get(i).type(types[i]).descriptorCount(counts[types[i]]);
            }
            VkDescriptorPoolCreateInfo info = VkDescriptorPoolCreateInfo.calloc(stack)
                    .sType$Default()
                    .maxSets(sets)
                    .pPoolSizes(sizes);
            LongBuffer pointer = stack.mallocLong(1);
            Vk.check(vkCreateDescriptorPool(device.handle(), info, null, pointer), "record " + name);
            return pointer.get(0);
        }
    }

    /** Runs all of it and waits for the end. */
    public void run() {
        buffers.run(submits, "run " + name);
        times.collect();
    }

    /** Time by kernel since the start, where timestamps are on. */
    public Collection<KernelTime> times() {
        return times.total();
    }

    @Override
    public void close() {
        releases.reversed().forEach(Runnable::run);
    }
}
