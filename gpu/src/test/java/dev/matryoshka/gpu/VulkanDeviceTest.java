package dev.matryoshka.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.engine.Gemma3n;
import dev.matryoshka.engine.Probe;
import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.backend.DeviceInfo;
import dev.matryoshka.engine.backend.Workspace;
import dev.matryoshka.engine.error.InsufficientMemoryException;
import dev.matryoshka.engine.support.Golden;
import dev.matryoshka.engine.support.TestDevice;
import dev.matryoshka.engine.weights.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a device says of itself, and what it takes and gives back. The validation layer hears of every handle that stays. */
final class VulkanDeviceTest {
    private static final int TIMES = 50;
    private static final int SETTLED = 10;
    private static final long MARGIN = 24L << 20;

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

    @Test
    void loadedAndUnloadedFiftyTimesNothingStays() throws IOException {
        long settled = 0;
        try (SafetensorsFile prompt = Golden.open("tiny-text/cases/text-9.safetensors")) {
            for (int i = 1; i <= TIMES; i++) {
                try (Gemma3n gemma = Gemma3n.load(Golden.path("tiny-text"), TestDevice.options("tiny"))) {
                    Probe.run(gemma, prompt, 2);
                }
                settled = i == SETTLED ? resident() : settled;
            }
        }
        long grown = resident() - settled;
        assertTrue(grown < MARGIN, "grew by " + grown);
    }

    /** Bytes of this process in memory, Java's heap left out as far as it can be: garbage is collected first. */
    private static long resident() throws IOException {
        System.gc();
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                .findFirst()
                .orElseThrow();
    }
}
