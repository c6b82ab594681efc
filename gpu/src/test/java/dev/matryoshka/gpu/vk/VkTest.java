package dev.matryoshka.gpu.vk;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lwjgl.vulkan.VK10.VK_ERROR_DEVICE_LOST;
import static org.lwjgl.vulkan.VK10.VK_ERROR_INCOMPATIBLE_DRIVER;
import static org.lwjgl.vulkan.VK10.VK_ERROR_OUT_OF_DEVICE_MEMORY;
import static org.lwjgl.vulkan.VK10.VK_ERROR_TOO_MANY_OBJECTS;

import dev.matryoshka.engine.error.DeviceException;
import dev.matryoshka.engine.error.InsufficientMemoryException;
import dev.matryoshka.engine.error.MatryoshkaException;
import org.junit.jupiter.api.Test;

/** Result codes as errors of the two kinds that a conversation survives. */
class VkTest {
    @Test
    void resultsAreTyped() {
        says(DeviceException.class, VK_ERROR_DEVICE_LOST, "was lost");
        says(DeviceException.class, VK_ERROR_INCOMPATIBLE_DRIVER, "no Vulkan driver");
        says(DeviceException.class, VK_ERROR_TOO_MANY_OBJECTS, "error -10");
        says(InsufficientMemoryException.class, VK_ERROR_OUT_OF_DEVICE_MEMORY, "not enough memory to run");
    }

    private static void says(Class<? extends MatryoshkaException> type, int result, String problem) {
        MatryoshkaException e = assertThrows(type, () -> Vk.check(result, "run"));
        assertTrue(e.problem().contains(problem), e.problem());
        assertTrue(e.remedy().contains("--device cpu"), e.remedy());
    }
}
