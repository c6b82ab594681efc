package dev.matryoshka.gpu.vk;

import static org.lwjgl.system.MemoryStack.stackPush;
import static org.lwjgl.vulkan.VK10.VK_PHYSICAL_DEVICE_TYPE_CPU;
import static org.lwjgl.vulkan.VK10.VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU;
import static org.lwjgl.vulkan.VK10.VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU;
import static org.lwjgl.vulkan.VK10.VK_PHYSICAL_DEVICE_TYPE_VIRTUAL_GPU;
import static org.lwjgl.vulkan.VK10.VK_QUEUE_COMPUTE_BIT;
import static org.lwjgl.vulkan.VK10.VK_SHADER_STAGE_COMPUTE_BIT;
import static org.lwjgl.vulkan.VK10.VK_VERSION_MAJOR;
import static org.lwjgl.vulkan.VK10.VK_VERSION_MINOR;
import static org.lwjgl.vulkan.VK10.VK_VERSION_PATCH;
import static org.lwjgl.vulkan.VK10.vkEnumerateDeviceExtensionProperties;
import static org.lwjgl.vulkan.VK10.vkGetPhysicalDeviceQueueFamilyProperties;
import static org.lwjgl.vulkan.VK11.VK_API_VERSION_1_1;
import static org.lwjgl.vulkan.VK11.VK_SUBGROUP_FEATURE_ARITHMETIC_BIT;
import static org.lwjgl.vulkan.VK11.vkGetPhysicalDeviceFeatures2;
import static org.lwjgl.vulkan.VK11.vkGetPhysicalDeviceProperties2;

import dev.matryoshka.engine.backend.DeviceInfo;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.util.HashSet;
import java.util.Set;
import org.lwjgl.system.MemoryStack;
import org.lwjgl.vulkan.VkExtensionProperties;
import org.lwjgl.vulkan.VkPhysicalDevice;
import org.lwjgl.vulkan.VkPhysicalDeviceDriverPropertiesKHR;
import org.lwjgl.vulkan.VkPhysicalDeviceFeatures2;
import org.lwjgl.vulkan.VkPhysicalDeviceLimits;
import org.lwjgl.vulkan.VkPhysicalDeviceProperties;
import org.lwjgl.vulkan.VkPhysicalDeviceProperties2;
import org.lwjgl.vulkan.VkPhysicalDeviceShaderIntegerDotProductFeaturesKHR;
import org.lwjgl.vulkan.VkPhysicalDeviceSubgroupProperties;
import org.lwjgl.vulkan.VkQueueFamilyProperties;

/**
 * A device as its driver describes it.
 *
 * @param index in the driver's order, as in {@code vulkan:0}
 * @param name for people
 * @param kind what sort of device
 * @param apiVersion packed Vulkan version
 * @param driver what identifies the driver: vendor, device, driver version, pipeline cache
 * @param driverName the driver and its version, for people
 * @param queueFamily the first that computes; -1 for none
 * @param maxBinding largest piece of memory a kernel can be given, in bytes
 * @param maxTexels most texels of a buffer
 * @param maxBindings storage buffers a kernel can be given
 * @param alignment of the pieces, in bytes
 * @param maxGroups work groups in one direction
 * @param subgroup invocations of a subgroup; 0 where subgroups can't add
 * @param integerDot whether it has packed integer dot products
 * @param cooperative whether it has the {@link CooperativeMatrices} that the kernel for them wants
 * @param memoryBudget whether the driver says how much memory is left
 * @param timestampNanos nanoseconds of a timestamp's tick; 0 where there are none
 * @param handle LWJGL's handle
 */
public record PhysicalDevice(
        int index,
        String name,
        DeviceInfo.Kind kind,
        int apiVersion,
        String driver,
        String driverName,
        int queueFamily,
        long maxBinding,
        long maxTexels,
        int maxBindings,
        int alignment,
        int maxGroups,
        int subgroup,
        boolean integerDot,
        boolean cooperative,
        boolean memoryBudget,
        float timestampNanos,
        VkPhysicalDevice handle) {

    static PhysicalDevice of(int index, VkPhysicalDevice device) {
        try (MemoryStack stack = stackPush()) {
            Set<String> extensions = extensions(device, stack);
            VkPhysicalDeviceSubgroupProperties subgroups =
                    VkPhysicalDeviceSubgroupProperties.calloc(stack).sType$Default();
            VkPhysicalDeviceProperties2 all =
                    VkPhysicalDeviceProperties2.calloc(stack).sType$Default();
            VkPhysicalDeviceDriverPropertiesKHR driver =
                    VkPhysicalDeviceDriverPropertiesKHR.calloc(stack).sType$Default();
            all.pNext(subgroups);
            if (extensions.contains("VK_KHR_driver_properties")) {
                all.pNext(driver);
            }
            vkGetPhysicalDeviceProperties2(device, all);
            VkPhysicalDeviceProperties p = all.properties();
            VkPhysicalDeviceLimits limits = p.limits();
            boolean adds = (subgroups.supportedOperations() & VK_SUBGROUP_FEATURE_ARITHMETIC_BIT) != 0
                    && (subgroups.supportedStages() & VK_SHADER_STAGE_COMPUTE_BIT) != 0;
            return new PhysicalDevice(
                    index,
                    p.deviceNameString(),
                    kind(p.deviceType()),
                    p.apiVersion(),
                    "%08x-%08x-%08x-%s"
                            .formatted(p.vendorID(), p.deviceID(), p.driverVersion(), hex(p.pipelineCacheUUID())),
                    driverName(driver, p.driverVersion()),
                    queueFamily(device, stack),
                    Integer.toUnsignedLong(limits.maxStorageBufferRange()),
                    Integer.toUnsignedLong(limits.maxTexelBufferElements()),
                    limits.maxPerStageDescriptorStorageBuffers(),
                    Math.toIntExact(limits.minStorageBufferOffsetAlignment()),
                    limits.maxComputeWorkGroupCount(0) < 0 ? Integer.MAX_VALUE : limits.maxComputeWorkGroupCount(0),
                    adds ? subgroups.subgroupSize() : 0,
                    extensions.contains("VK_KHR_shader_integer_dot_product") && integerDot(device, stack),
                    extensions.contains(CooperativeMatrices.EXTENSION)
                            && CooperativeMatrices.usable(
                                    device, p.apiVersion(), limits.maxComputeSharedMemorySize(), stack),
                    extensions.contains("VK_EXT_memory_budget"),
                    limits.timestampComputeAndGraphics() ? limits.timestampPeriod() : 0,
                    device);
        }
    }

    /** What its name says, or where the driver has none the number of its version, whose digits are the vendor's own. */
    private static String driverName(VkPhysicalDeviceDriverPropertiesKHR driver, int version) {
        String name = (driver.driverNameString() + " " + driver.driverInfoString()).strip();
        return name.isEmpty() ? "driver %08x".formatted(version) : name;
    }

    /** Whether it is new enough for what every kernel asks for. */
    public boolean usable() {
        return apiVersion >= VK_API_VERSION_1_1 && queueFamily >= 0 && maxBindings >= 9;
    }

    /** Why {@link #usable} says no. */
    public String shortcoming() {
        return apiVersion < VK_API_VERSION_1_1
                ? "has only Vulkan " + version()
                : queueFamily < 0 ? "has no queue that computes" : "gives a kernel only " + maxBindings + " buffers";
    }

    /** Vulkan version, as in 1.3.230. */
    public String version() {
        return VK_VERSION_MAJOR(apiVersion) + "." + VK_VERSION_MINOR(apiVersion) + "." + VK_VERSION_PATCH(apiVersion);
    }

    /** Whether the host reaches its memory as fast as the device does. */
    public boolean unifiedMemory() {
        return kind == DeviceInfo.Kind.INTEGRATED || kind == DeviceInfo.Kind.CPU;
    }

    /** Its memory and what is left of it, asked now. */
    public MemoryBudget memory() {
        return MemoryBudget.of(this);
    }

    private static DeviceInfo.Kind kind(int type) {
        return switch (type) {
            case VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU -> DeviceInfo.Kind.DISCRETE;
            case VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU -> DeviceInfo.Kind.INTEGRATED;
            case VK_PHYSICAL_DEVICE_TYPE_VIRTUAL_GPU -> DeviceInfo.Kind.VIRTUAL;
            case VK_PHYSICAL_DEVICE_TYPE_CPU -> DeviceInfo.Kind.CPU;
            default -> DeviceInfo.Kind.OTHER;
        };
    }

    private static Set<String> extensions(VkPhysicalDevice device, MemoryStack stack) {
        IntBuffer count = stack.ints(0);
        Vk.check(vkEnumerateDeviceExtensionProperties(device, (String) null, count, null), "list extensions");
        Set<String> names = new HashSet<>();
        try (VkExtensionProperties.Buffer all = VkExtensionProperties.calloc(count.get(0))) {
            Vk.check(vkEnumerateDeviceExtensionProperties(device, (String) null, count, all), "list extensions");
            all.forEach(e -> names.add(e.extensionNameString()));
        }
        return names;
    }

    private static boolean integerDot(VkPhysicalDevice device, MemoryStack stack) {
        VkPhysicalDeviceShaderIntegerDotProductFeaturesKHR dot =
                VkPhysicalDeviceShaderIntegerDotProductFeaturesKHR.calloc(stack).sType$Default();
        VkPhysicalDeviceFeatures2 features =
                VkPhysicalDeviceFeatures2.calloc(stack).sType$Default();
        features.pNext(dot);
        vkGetPhysicalDeviceFeatures2(device, features);
        return dot.shaderIntegerDotProduct();
    }

    private static int queueFamily(VkPhysicalDevice device, MemoryStack stack) {
        IntBuffer count = stack.ints(0);
        vkGetPhysicalDeviceQueueFamilyProperties(device, count, null);
        VkQueueFamilyProperties.Buffer families = VkQueueFamilyProperties.calloc(count.get(0), stack);
        vkGetPhysicalDeviceQueueFamilyProperties(device, count, families);
        for (int i = 0; i < count.get(0); i++) {
            if ((families.get(i).queueFlags() & VK_QUEUE_COMPUTE_BIT) != 0) {
                return i;
            }
        }
        return -1;
    }

    private static String hex(ByteBuffer bytes) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < bytes.remaining(); i++) {
            text.append("%02x".formatted(bytes.get(i)));
        }
        return text.toString();
    }
}
