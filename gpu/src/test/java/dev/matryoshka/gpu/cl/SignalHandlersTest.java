package dev.matryoshka.gpu.cl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
final class SignalHandlersTest {
    private static final int TRAP = 5; // nothing raises it

    @Test
    void noDriverKeepsThem() {
        Map<Integer, Long> before = handlers();
        assertFalse(PhysicalDevice.all().isEmpty());
        assertEquals(before, handlers());
    }

    @Test
    void whatWasTakenIsPutBack() {
        Map<Integer, Long> before = handlers();
        SignalHandlers.kept(() -> {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment another = arena.allocate(256, 8);
                another.set(ValueLayout.JAVA_LONG, 0, 1); // SIG_IGN
                SignalHandlers.call(TRAP, another, MemorySegment.NULL);
                assertNotEquals(before, handlers());
                return null;
            }
        });
        assertEquals(before, handlers());
    }

    /** Addresses by signal; they come first in what {@code sigaction} fills. */
    private static Map<Integer, Long> handlers() {
        try (Arena arena = Arena.ofConfined()) {
            return SignalHandlers.installed(arena).entrySet().stream()
                    .collect(Collectors.toMap(
                            Map.Entry::getKey, each -> each.getValue().get(ValueLayout.JAVA_LONG, 0)));
        }
    }
}
