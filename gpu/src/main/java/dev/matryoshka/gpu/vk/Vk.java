package dev.matryoshka.gpu.vk;

import static org.lwjgl.vulkan.VK10.VK_ERROR_DEVICE_LOST;
import static org.lwjgl.vulkan.VK10.VK_ERROR_INCOMPATIBLE_DRIVER;
import static org.lwjgl.vulkan.VK10.VK_ERROR_INITIALIZATION_FAILED;
import static org.lwjgl.vulkan.VK10.VK_ERROR_OUT_OF_DEVICE_MEMORY;
import static org.lwjgl.vulkan.VK10.VK_ERROR_OUT_OF_HOST_MEMORY;
import static org.lwjgl.vulkan.VK10.VK_SUCCESS;

import dev.matryoshka.engine.error.DeviceException;
import dev.matryoshka.engine.error.InsufficientMemoryException;
import dev.matryoshka.engine.error.MatryoshkaException;

/** Result codes to errors that a person can act on. */
final class Vk {
    static final String USE_CPU = "use the CPU (--device cpu)";

    private Vk() {}

    /**
     * Ends with an error unless a call succeeded.
     *
     * @param doing what the call was for, as in "could not …"
     */
    static void check(int result, String doing) {
        if (result != VK_SUCCESS) {
            throw failure(result, doing);
        }
    }

    private static MatryoshkaException failure(int result, String doing) {
        return switch (result) {
            case VK_ERROR_OUT_OF_DEVICE_MEMORY, VK_ERROR_OUT_OF_HOST_MEMORY ->
                new InsufficientMemoryException(
                        "the Vulkan device has not enough memory to " + doing,
                        "close other programs that use it, choose a smaller model or context, or " + USE_CPU);
            case VK_ERROR_DEVICE_LOST ->
                new DeviceException(
                        "the Vulkan device was lost while it tried to " + doing,
                        "its driver was reset or it was unplugged: ask again, or " + USE_CPU);
            case VK_ERROR_INCOMPATIBLE_DRIVER, VK_ERROR_INITIALIZATION_FAILED ->
                new DeviceException("no Vulkan driver works here", "install your GPU's driver, or " + USE_CPU);
            default -> new DeviceException("Vulkan could not " + doing + " (error " + result + ")", USE_CPU);
        };
    }
}
