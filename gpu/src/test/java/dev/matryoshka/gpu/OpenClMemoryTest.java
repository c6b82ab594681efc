package dev.matryoshka.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.backend.DeviceTensor;
import dev.matryoshka.engine.backend.MemoryLedger;
import dev.matryoshka.engine.backend.Program;
import dev.matryoshka.engine.backend.StepParams;
import dev.matryoshka.engine.backend.Workspace;
import dev.matryoshka.engine.error.InsufficientMemoryException;
import dev.matryoshka.gpu.cl.OpenClDevice;
import dev.matryoshka.gpu.cl.PhysicalDevice;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Everything that is taken is given back. */
final class OpenClMemoryTest {
    private static final Map<String, Long> NOTHING = Map.of("weights", 0L, "kv", 0L, "activations", 0L, "staging", 0L);

    @Test
    void openedRunAndClosedManyTimes() {
        PhysicalDevice physical = PhysicalDevice.all().getFirst();
        for (int i = 0; i < 20; i++) {
            OpenClDevice device = new OpenClDevice(physical);
            OpenClBackend backend = new OpenClBackend(device, OpenClTuning.of(physical), OpenClBackend.TYPES);
            try (backend) {
                run(backend);
                assertEquals(0L, backend.memory().get(MemoryLedger.STAGING));
            }
            assertEquals(NOTHING, device.ledger().bytes());
        }
    }

    @Test
    void moreThanThereIsIsRefused() {
        PhysicalDevice physical = PhysicalDevice.all().getFirst();
        try (OpenClDevice device = new OpenClDevice(physical)) {
            InsufficientMemoryException refused = assertThrows(
                    InsufficientMemoryException.class, () -> device.allocate(MemoryLedger.WEIGHTS, 1L << 50));
            assertTrue(refused.problem().contains("hold 1073741824 MB of weights"), refused::problem);
            assertEquals(0L, device.ledger().bytes().get(MemoryLedger.WEIGHTS));
        }
    }

    @Test
    void whatIsHeldIsNoLongerFreeAndReadingIsMeasured() {
        PhysicalDevice physical = PhysicalDevice.all().getFirst();
        OpenClDevice device = new OpenClDevice(physical);
        try (OpenClBackend backend = new OpenClBackend(device, OpenClTuning.of(physical), OpenClBackend.TYPES);
                Workspace workspace = backend.workspace(MemoryLedger.KV)) {
            long before = backend.freeBytes();
            workspace.allocate(1024, 1024);
            assertEquals(before - (4L << 20), backend.freeBytes());
            assertTrue(backend.readBytesPerSecond() > 10e6, "slower than any memory");
            assertEquals(before - (4L << 20), backend.freeBytes(), "what was read is given back");
        }
    }

    /** A kernel and an operation without one: softmax of what rope makes of a row. */
    private static void run(Backend backend) {
        try (Workspace workspace = backend.workspace(MemoryLedger.ACTIVATIONS)) {
            DeviceTensor x = workspace.allocate(1, 64);
            backend.write(x, new float[64]);
            try (Program program = backend.record("test", ops -> {
                ops.rope(x, 64, 1e4f);
                ops.softmax(x);
            })) {
                program.run(new StepParams(7, 1));
                assertNotEquals(0L, backend.memory().get(MemoryLedger.STAGING));
            }
            float[] result = new float[64];
            backend.read(x, result);
            assertEquals(1 / 64f, result[63], 1e-6f);
        }
    }
}
