package dev.matryoshka.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.engine.error.DeviceException;
import dev.matryoshka.engine.error.InvalidRequestException;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DeviceChoiceTest {
    private record Listed(String name, boolean usable, boolean processor) {}

    private static final Listed OLD = new Listed("old", false, false);
    private static final Listed PROCESSOR = new Listed("processor", true, true);
    private static final Listed GPU = new Listed("gpu", true, false);
    private static final DeviceChoice<Listed> CHOICE = new DeviceChoice<>("vulkan", Listed::usable, Listed::processor);

    @Test
    void withoutANumberItIsTheFirstThatCanComputeProcessorsLast() {
        assertEquals(GPU, CHOICE.of(List.of(OLD, PROCESSOR, GPU, new Listed("second", true, false)), ""));
        assertEquals(PROCESSOR, CHOICE.of(List.of(OLD, PROCESSOR), ""));
        assertEquals(OLD, CHOICE.of(List.of(OLD), ""), "for its shortcoming to be said");
    }

    @Test
    void aNumberMeansThatDevice() {
        assertEquals(OLD, CHOICE.of(List.of(OLD, PROCESSOR), "0"));
        assertEquals(PROCESSOR, CHOICE.of(List.of(OLD, PROCESSOR), "1"));
    }

    @Test
    void whatIsNotThereIsSaid() {
        for (String wanted : List.of("2", "-1", "first")) {
            InvalidRequestException e =
                    assertThrows(InvalidRequestException.class, () -> CHOICE.of(List.of(OLD, PROCESSOR), wanted));
            assertTrue(e.remedy().contains("vulkan:0 to vulkan:1"), e.remedy());
        }
        assertThrows(DeviceException.class, () -> CHOICE.of(List.of(), ""));
    }
}
