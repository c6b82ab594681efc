package dev.matryoshka.engine.generation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.error.InvalidRequestException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The controller on a machine of files, a second at a time; this process takes half of its processors. */
class SparingControllerTest {
    private static final MatFormerSlice WHOLE = new MatFormerSlice("whole", Set.of(), List.of(2));
    private static final MatFormerSlice SMALL = new MatFormerSlice("small", Set.of(), List.of(1));

    @TempDir
    private Path root = Path.of("");

    private long seconds;
    private long busy;
    private long own;

    @BeforeEach
    void machine() throws IOException {
        supply("AC", "Mains", "online", "1");
        supply("BAT0", "Battery", "status", "Discharging"); // as some do on mains, when full
        supply("mouse", "Battery", "status", "Discharging");
        write("sys/class/power_supply/mouse/scope", "Device");
        pass(0);
    }

    private void supply(String name, String type, String file, String value) throws IOException {
        write("sys/class/power_supply/" + name + "/type", type);
        write("sys/class/power_supply/" + name + "/" + file, value);
    }

    private void write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text + "\n");
    }

    /** A second of 200 ticks on two processors, of which others take a share. */
    private void pass(double others) throws IOException {
        seconds++;
        own += 100;
        busy += 100 + Math.round(200 * others);
        write("proc/stat", "cpu  " + busy + " 0 0 " + (200 * seconds - busy) + " 0 0 0 0 0 0\ncpu0 1 2 3");
        write("proc/self/stat", "1 (a ) b) S 0 0 0 0 0 0 0 0 0 0 " + (own - 10) + " 10 0 0");
    }

    private SparingController controller() {
        return new SparingController(WHOLE, SMALL, new MachineSensors(root), () -> seconds * 1_000_000_000L);
    }

    /** The size after some seconds of that. */
    private static String after(SparingControllerTest machine, SparingController controller, int count, double others)
            throws IOException {
        for (int i = 0; i < count; i++) {
            machine.pass(others);
            controller.afterToken(0.1);
            assertNull(controller.afterToken(0.1), "it looks once a second");
        }
        return controller.slice().name();
    }

    @Test
    void aMachineForItselfIsUsedWhole() throws IOException {
        SparingController controller = controller();
        assertEquals("whole", after(this, controller, 30, 0.1));
        assertNull(controller.reason());
    }

    @Test
    void itMakesRoomForOthersAndComesBackLate() throws IOException {
        SparingController controller = controller();
        assertEquals("whole", after(this, controller, 1, 0.4), "one second is no load");
        assertEquals("whole", after(this, controller, 1, 0));
        assertEquals("small", after(this, controller, 2, 0.4));
        assertEquals("other programs use 40% of the processors", controller.reason());
        assertEquals("small", after(this, controller, 30, 0.2), "less, and still some");
        assertEquals("small", after(this, controller, 9, 0.05));
        assertEquals("whole", after(this, controller, 1, 0.05));
        assertNull(controller.reason());
    }

    @Test
    void onBatteryItBeginsSmall() throws IOException {
        write("sys/class/power_supply/AC/online", "0");
        SparingController controller = controller();
        assertEquals("small", controller.slice().name());
        assertEquals("on battery", controller.reason());
        write("sys/class/power_supply/BAT0/status", "Charging");
        assertEquals("small", after(this, controller, 9, 0));
        assertEquals("whole", after(this, controller, 1, 0));
        write("sys/class/power_supply/BAT0/status", "Discharging");
        assertEquals("small", after(this, controller, 2, 0));
    }

    @Test
    void aSystemThatSaysNothingIsRefused() {
        InvalidRequestException e =
                assertThrows(InvalidRequestException.class, () -> new MachineSensors(root.resolve("elsewhere")));
        assertTrue(e.remedy().contains("--elastic 10"), e.remedy());
    }
}
