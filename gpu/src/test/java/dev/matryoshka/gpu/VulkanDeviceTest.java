package dev.matryoshka.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.backend.DeviceInfo;
import dev.matryoshka.engine.backend.Workspace;
import dev.matryoshka.engine.error.InsufficientMemoryException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a device says of itself, and what it takes and gives back. */
final class VulkanDeviceTest {
    @Test
    void isListed() {
        DeviceInfo device = new VulkanBackendProvider().list().getFirst();
        assertEquals("vulkan:0", device.id());
        assertNull(device.shortcoming());
        assertTrue(device.api().startsWith("Vulkan 1."), device.api());
        assertTrue(device.memory() >= 1L << 30 && device.free() <= device.memory(), device.toString());
        assertNotEquals("", device.driver());
        assertTrue(device.limits().getOrDefault("max_binding_bytes", 0L) >= 128L << 20, device.toString());
    }

    @Test
    void memoryThatIsNotThereIsATypedError() {
        try (Backend backend = new VulkanBackendProvider().open("")) {
            Map<String, Long> before = backend.memory();
            assertTrue(backend.freeBytes() >= 1L << 30);
            try (Workspace workspace = backend.workspace("kv")) {
                assertThrows(InsufficientMemoryException.class, () -> workspace.allocate(1_000_000, 1_000_000)); // 4 TB
                workspace.allocate(3, 3); // and goes on
            }
            assertEquals(before, backend.memory());
        }
    }
}
