package dev.matryoshka.gpu.vk;

import static org.lwjgl.system.MemoryStack.stackPush;
import static org.lwjgl.vulkan.VK10.VK_DESCRIPTOR_TYPE_STORAGE_BUFFER;
import static org.lwjgl.vulkan.VK10.VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER;
import static org.lwjgl.vulkan.VK10.VK_DESCRIPTOR_TYPE_UNIFORM_TEXEL_BUFFER;
import static org.lwjgl.vulkan.VK10.VK_SHADER_STAGE_COMPUTE_BIT;
import static org.lwjgl.vulkan.VK10.vkCreateComputePipelines;
import static org.lwjgl.vulkan.VK10.vkCreateDescriptorSetLayout;
import static org.lwjgl.vulkan.VK10.vkCreatePipelineLayout;
import static org.lwjgl.vulkan.VK10.vkCreateShaderModule;
import static org.lwjgl.vulkan.VK10.vkDestroyDescriptorSetLayout;
import static org.lwjgl.vulkan.VK10.vkDestroyPipeline;
import static org.lwjgl.vulkan.VK10.vkDestroyPipelineLayout;
import static org.lwjgl.vulkan.VK10.vkDestroyShaderModule;

import dev.matryoshka.gpu.device.Dispatch;
import dev.matryoshka.gpu.device.Kernel;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.lwjgl.system.MemoryStack;
import org.lwjgl.system.MemoryUtil;
import org.lwjgl.vulkan.VkComputePipelineCreateInfo;
import org.lwjgl.vulkan.VkDescriptorSetLayoutBinding;
import org.lwjgl.vulkan.VkDescriptorSetLayoutCreateInfo;
import org.lwjgl.vulkan.VkPipelineLayoutCreateInfo;
import org.lwjgl.vulkan.VkPipelineShaderStageCreateInfo;
import org.lwjgl.vulkan.VkPushConstantRange;
import org.lwjgl.vulkan.VkShaderModuleCreateInfo;
import org.lwjgl.vulkan.VkSpecializationInfo;
import org.lwjgl.vulkan.VkSpecializationMapEntry;

/** Kernels made into pipelines, each once. */
final class Pipelines implements AutoCloseable {
    /** Bytes of push constants; every device has these. */
    static final int ARGUMENT_BYTES = 128;

    private final VulkanDevice device;
    private final PipelineCache cache;
    private final Map<String, Long> modules = new HashMap<>();
    private final Map<List<Dispatch.Use>, Layout> layouts = new HashMap<>();
    private final Map<Kernel, Long> pipelines = new HashMap<>();

    /**
     * What kernels that bind alike share.
     *
     * @param set descriptor set layout
     * @param pipeline pipeline layout
     */
    record Layout(long set, long pipeline) {}

    Pipelines(VulkanDevice device) {
        this.device = device;
        cache = PipelineCache.open(device);
    }

    synchronized long pipeline(Kernel kernel) {
        return pipelines.computeIfAbsent(kernel, this::create);
    }

    synchronized Layout layout(List<Dispatch.Use> uses) {
        return layouts.computeIfAbsent(uses, this::createLayout);
    }

    private long create(Kernel kernel) {
        List<Integer> constants = kernel.constants();
        try (MemoryStack stack = stackPush()) {
            VkSpecializationMapEntry.Buffer entries = VkSpecializationMapEntry.calloc(constants.size(), stack);
            ByteBuffer data = stack.malloc(4 * constants.size());
            for (int i = 0; i < constants.size(); i++) {
                entries.get(i).constantID(i).offset(4 * i).size(4);
                data.putInt(4 * i, constants.get(i));
            }
            VkComputePipelineCreateInfo.Buffer info = VkComputePipelineCreateInfo.calloc(1, stack);
            info.get(0)
                    .sType$Default()
                    .layout(layout(kernel.uses()).pipeline())
                    .stage(VkPipelineShaderStageCreateInfo.calloc(stack)
                            .sType$Default()
                            .stage(VK_SHADER_STAGE_COMPUTE_BIT)
                            .module(modules.computeIfAbsent(kernel.shader(), this::module))
                            .pName(stack.UTF8("main"))
                            .pSpecializationInfo(VkSpecializationInfo.calloc(stack)
                                    .pMapEntries(entries)
                                    .pData(data)));
            LongBuffer pointer = stack.mallocLong(1);
            Vk.check(
                    vkCreateComputePipelines(device.handle(), cache.handle(), info, null, pointer),
                    "compile " + kernel.shader());
            cache.grown();
            return pointer.get(0);
        }
    }

    private long module(String shader) {
        byte[] code = read(shader);
        ByteBuffer buffer = MemoryUtil.memAlloc(code.length).put(code).flip();
        try (MemoryStack stack = stackPush()) {
            LongBuffer pointer = stack.mallocLong(1);
            VkShaderModuleCreateInfo info =
                    VkShaderModuleCreateInfo.calloc(stack).sType$Default().pCode(buffer);
            Vk.check(vkCreateShaderModule(device.handle(), info, null, pointer), "read " + shader);
            return pointer.get(0);
        } finally {
            MemoryUtil.memFree(buffer);
        }
    }

    private static byte[] read(String shader) {
        try (InputStream in = Pipelines.class.getResourceAsStream("/dev/matryoshka/gpu/spirv/" + shader + ".spv")) {
            if (in == null) {
                throw new IllegalStateException("no shader " + shader);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new IllegalStateException("shader " + shader, e);
        }
    }

    static int descriptorType(Dispatch.Use use) {
        return switch (use) {
            case READ, WRITE -> VK_DESCRIPTOR_TYPE_STORAGE_BUFFER;
            case UNIFORM -> VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER;
            case QUADS, HALVES -> VK_DESCRIPTOR_TYPE_UNIFORM_TEXEL_BUFFER;
        };
    }

    private Layout createLayout(List<Dispatch.Use> uses) {
        try (MemoryStack stack = stackPush()) {
            VkDescriptorSetLayoutBinding.Buffer bindings = VkDescriptorSetLayoutBinding.calloc(uses.size() + 1, stack);
            for (int i = 0; i <= uses.size(); i++) {
                bindings.get(i)
                        .binding(i)
                        .descriptorCount(1)
                        .descriptorType(descriptorType(i == 0 ? Dispatch.Use.UNIFORM : uses.get(i - 1)))
                        .stageFlags(VK_SHADER_STAGE_COMPUTE_BIT);
            }
            LongBuffer set = stack.mallocLong(1);
            VkDescriptorSetLayoutCreateInfo info = VkDescriptorSetLayoutCreateInfo.calloc(stack)
                    .sType$Default()
                    .pBindings(bindings);
            Vk.check(vkCreateDescriptorSetLayout(device.handle(), info, null, set), "lay out buffers");
            VkPushConstantRange.Buffer range = VkPushConstantRange.calloc(1, stack);
            range.get(0).stageFlags(VK_SHADER_STAGE_COMPUTE_BIT).size(ARGUMENT_BYTES);
            LongBuffer pipeline = stack.mallocLong(1);
            VkPipelineLayoutCreateInfo whole = VkPipelineLayoutCreateInfo.calloc(stack)
                    .sType$Default()
                    .pSetLayouts(set)
                    .pPushConstantRanges(range);
            Vk.check(vkCreatePipelineLayout(device.handle(), whole, null, pipeline), "lay out arguments");
            return new Layout(set.get(0), pipeline.get(0));
        }
    }

    @Override
    public void close() {
        pipelines.values().forEach(p -> vkDestroyPipeline(device.handle(), p, null));
        layouts.values().forEach(l -> {
            vkDestroyPipelineLayout(device.handle(), l.pipeline(), null);
            vkDestroyDescriptorSetLayout(device.handle(), l.set(), null);
        });
        modules.values().forEach(m -> vkDestroyShaderModule(device.handle(), m, null));
        cache.close();
    }
}
