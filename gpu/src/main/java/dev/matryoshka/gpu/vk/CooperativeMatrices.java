package dev.matryoshka.gpu.vk;

import static org.lwjgl.vulkan.KHRCooperativeMatrix.VK_COMPONENT_TYPE_FLOAT16_KHR;
import static org.lwjgl.vulkan.KHRCooperativeMatrix.VK_COMPONENT_TYPE_FLOAT32_KHR;
import static org.lwjgl.vulkan.KHRCooperativeMatrix.VK_KHR_COOPERATIVE_MATRIX_EXTENSION_NAME;
import static org.lwjgl.vulkan.KHRCooperativeMatrix.VK_SCOPE_SUBGROUP_KHR;
import static org.lwjgl.vulkan.KHRCooperativeMatrix.vkGetPhysicalDeviceCooperativeMatrixPropertiesKHR;
import static org.lwjgl.vulkan.VK11.vkGetPhysicalDeviceFeatures2;
import static org.lwjgl.vulkan.VK13.VK_API_VERSION_1_3;

import java.nio.IntBuffer;
import org.lwjgl.system.MemoryStack;
import org.lwjgl.vulkan.VkCooperativeMatrixPropertiesKHR;
import org.lwjgl.vulkan.VkDeviceCreateInfo;
import org.lwjgl.vulkan.VkPhysicalDevice;
import org.lwjgl.vulkan.VkPhysicalDeviceCooperativeMatrixFeaturesKHR;
import org.lwjgl.vulkan.VkPhysicalDeviceFeatures2;
import org.lwjgl.vulkan.VkPhysicalDeviceVulkan12Features;

/** Cooperative matrices as matmul_cooperative.comp wants them: float16 times float16 into float32, 16 x 16 x 16, by subgroups. */
final class CooperativeMatrices {
    static final String EXTENSION = VK_KHR_COOPERATIVE_MATRIX_EXTENSION_NAME;
    private static final int SIDE = 16;
    private static final int SHARED_BYTES = 32 << 10;

    private CooperativeMatrices() {}

    /**
     * Whether a device that has the extension has these.
     *
     * @param sharedBytes memory of a work group
     */
    static boolean usable(VkPhysicalDevice device, int apiVersion, int sharedBytes, MemoryStack stack) {
        if (apiVersion < VK_API_VERSION_1_3 || sharedBytes < SHARED_BYTES) {
            return false;
        }
        VkPhysicalDeviceCooperativeMatrixFeaturesKHR matrices =
                VkPhysicalDeviceCooperativeMatrixFeaturesKHR.calloc(stack).sType$Default();
        VkPhysicalDeviceVulkan12Features newer =
                VkPhysicalDeviceVulkan12Features.calloc(stack).sType$Default();
        VkPhysicalDeviceFeatures2 features =
                VkPhysicalDeviceFeatures2.calloc(stack).sType$Default();
        features.pNext(matrices);
        features.pNext(newer);
        vkGetPhysicalDeviceFeatures2(device, features);
        return matrices.cooperativeMatrix()
                && newer.shaderFloat16()
                && newer.vulkanMemoryModel()
                && hasSize(device, stack);
    }

    private static boolean hasSize(VkPhysicalDevice device, MemoryStack stack) {
        IntBuffer count = stack.ints(0);
        Vk.check(vkGetPhysicalDeviceCooperativeMatrixPropertiesKHR(device, count, null), "list matrices");
        VkCooperativeMatrixPropertiesKHR.Buffer all = VkCooperativeMatrixPropertiesKHR.calloc(count.get(0), stack);
        all.forEach(VkCooperativeMatrixPropertiesKHR::sType$Default);
        Vk.check(vkGetPhysicalDeviceCooperativeMatrixPropertiesKHR(device, count, all), "list matrices");
        return all.stream()
                .anyMatch(p -> p.MSize() == SIDE
                        && p.NSize() == SIDE
                        && p.KSize() == SIDE
                        && p.AType() == VK_COMPONENT_TYPE_FLOAT16_KHR
                        && p.BType() == VK_COMPONENT_TYPE_FLOAT16_KHR
                        && p.CType() == VK_COMPONENT_TYPE_FLOAT32_KHR
                        && p.ResultType() == VK_COMPONENT_TYPE_FLOAT32_KHR
                        && p.scope() == VK_SCOPE_SUBGROUP_KHR);
    }

    /** Asks a device that is to be opened for them. */
    static void enable(VkDeviceCreateInfo info, MemoryStack stack) {
        info.pNext(VkPhysicalDeviceCooperativeMatrixFeaturesKHR.calloc(stack)
                .sType$Default()
                .cooperativeMatrix(true));
        info.pNext(VkPhysicalDeviceVulkan12Features.calloc(stack)
                .sType$Default()
                .shaderFloat16(true)
                .vulkanMemoryModel(true));
    }
}
