package dev.matryoshka.gpu.vk;

import static org.lwjgl.system.MemoryStack.stackPush;
import static org.lwjgl.system.MemoryUtil.NULL;
import static org.lwjgl.vulkan.EXTDebugUtils.VK_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT;
import static org.lwjgl.vulkan.EXTDebugUtils.VK_DEBUG_UTILS_MESSAGE_SEVERITY_WARNING_BIT_EXT;
import static org.lwjgl.vulkan.EXTDebugUtils.VK_DEBUG_UTILS_MESSAGE_TYPE_VALIDATION_BIT_EXT;
import static org.lwjgl.vulkan.EXTDebugUtils.VK_EXT_DEBUG_UTILS_EXTENSION_NAME;
import static org.lwjgl.vulkan.EXTValidationFeatures.VK_VALIDATION_FEATURE_ENABLE_SYNCHRONIZATION_VALIDATION_EXT;
import static org.lwjgl.vulkan.VK10.VK_FALSE;
import static org.lwjgl.vulkan.VK10.vkCreateInstance;
import static org.lwjgl.vulkan.VK10.vkDestroyInstance;
import static org.lwjgl.vulkan.VK10.vkEnumeratePhysicalDevices;
import static org.lwjgl.vulkan.VK13.VK_API_VERSION_1_3;

import dev.matryoshka.engine.error.DeviceException;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.lwjgl.PointerBuffer;
import org.lwjgl.system.MemoryStack;
import org.lwjgl.vulkan.EXTDebugUtils;
import org.lwjgl.vulkan.VK;
import org.lwjgl.vulkan.VkApplicationInfo;
import org.lwjgl.vulkan.VkDebugUtilsMessengerCallbackDataEXT;
import org.lwjgl.vulkan.VkDebugUtilsMessengerCallbackEXT;
import org.lwjgl.vulkan.VkDebugUtilsMessengerCreateInfoEXT;
import org.lwjgl.vulkan.VkInstance;
import org.lwjgl.vulkan.VkInstanceCreateInfo;
import org.lwjgl.vulkan.VkPhysicalDevice;
import org.lwjgl.vulkan.VkValidationFeaturesEXT;

/**
 * The loader and its drivers. With the system property {@code matryoshka.vulkan.validation} the validation layer watches
 * every call, and {@link #messages} has its complaints.
 */
public final class VulkanInstance implements AutoCloseable {
    private static final String VALIDATION_LAYER = "VK_LAYER_KHRONOS_validation";

    private final boolean validates = Boolean.getBoolean("matryoshka.vulkan.validation");
    private final VkInstance instance;
    private final Queue<String> messages = new ConcurrentLinkedQueue<>();
    private VkDebugUtilsMessengerCallbackEXT callback;
    private long messenger = NULL;

    /** @throws DeviceException there is no loader or no driver */
    public VulkanInstance() {
        callback = VkDebugUtilsMessengerCallbackEXT.create((severity, types, data, user) -> {
            messages.add(VkDebugUtilsMessengerCallbackDataEXT.create(data).pMessageString());
            return VK_FALSE;
        });
        try (MemoryStack stack = stackPush()) {
            loaded();
            VkInstanceCreateInfo info = VkInstanceCreateInfo.calloc(stack)
                    .sType$Default()
                    .pApplicationInfo(VkApplicationInfo.calloc(stack)
                            .sType$Default()
                            .pApplicationName(stack.UTF8("Matryoshka"))
                            .apiVersion(VK_API_VERSION_1_3)); // the newest of which anything is asked
            if (validates) {
                info.pNext(VkValidationFeaturesEXT.calloc(stack) // missing barriers too
                        .sType$Default()
                        .pEnabledValidationFeatures(
                                stack.ints(VK_VALIDATION_FEATURE_ENABLE_SYNCHRONIZATION_VALIDATION_EXT)));
                info.ppEnabledLayerNames(stack.pointers(stack.UTF8(VALIDATION_LAYER)));
                info.ppEnabledExtensionNames(stack.pointers(stack.UTF8(VK_EXT_DEBUG_UTILS_EXTENSION_NAME)));
            }
            PointerBuffer pointer = stack.mallocPointer(1);
            Vk.check(vkCreateInstance(info, null, pointer), "start");
            instance = new VkInstance(pointer.get(0), info);
            if (validates) {
                try {
                    listen(stack);
                } catch (RuntimeException | Error e) {
                    vkDestroyInstance(instance, null);
                    throw e;
                }
            }
        } catch (RuntimeException | Error e) {
            callback.free();
            throw e;
        }
    }

    /** LWJGL loads the loader when it is first touched. */
    private static void loaded() {
        try {
            VK.getInstanceVersionSupported();
        } catch (UnsatisfiedLinkError | ExceptionInInitializerError | NoClassDefFoundError e) {
            throw new DeviceException(
                    "there is no Vulkan on this machine (its loader was not found)",
                    "install libvulkan1 and your GPU's driver, or " + Vk.USE_CPU,
                    e);
        }
    }

    private void listen(MemoryStack stack) {
        VkDebugUtilsMessengerCreateInfoEXT info = VkDebugUtilsMessengerCreateInfoEXT.calloc(stack)
                .sType$Default()
                .messageSeverity(
                        VK_DEBUG_UTILS_MESSAGE_SEVERITY_WARNING_BIT_EXT | VK_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT)
                .messageType(VK_DEBUG_UTILS_MESSAGE_TYPE_VALIDATION_BIT_EXT)
                .pfnUserCallback(callback);
        var pointer = stack.mallocLong(1);
        Vk.check(EXTDebugUtils.vkCreateDebugUtilsMessengerEXT(instance, info, null, pointer), "watch itself");
        messenger = pointer.get(0);
    }

    /** The devices in the driver's order. */
    public List<PhysicalDevice> devices() {
        try (MemoryStack stack = stackPush()) {
            IntBuffer count = stack.ints(0);
            Vk.check(vkEnumeratePhysicalDevices(instance, count, null), "list devices");
            PointerBuffer pointers = stack.mallocPointer(Math.max(1, count.get(0)));
            List<PhysicalDevice> devices = new ArrayList<>();
            if (count.get(0) > 0) {
                Vk.check(vkEnumeratePhysicalDevices(instance, count, pointers), "list devices");
            }
            for (int i = 0; i < count.get(0); i++) {
                devices.add(PhysicalDevice.of(i, new VkPhysicalDevice(pointers.get(i), instance)));
            }
            return devices;
        }
    }

    /** Whether the validation layer watches. */
    boolean validates() {
        return validates;
    }

    VkInstance handle() {
        return instance;
    }

    /** What the validation layer complained of so far; asking empties it. */
    public List<String> messages() {
        List<String> all = new ArrayList<>();
        for (String message = messages.poll(); message != null; message = messages.poll()) {
            all.add(message);
        }
        return all;
    }

    @Override
    public void close() {
        if (messenger != NULL) {
            EXTDebugUtils.vkDestroyDebugUtilsMessengerEXT(instance, messenger, null);
        }
        vkDestroyInstance(instance, null);
        callback.free();
    }
}
