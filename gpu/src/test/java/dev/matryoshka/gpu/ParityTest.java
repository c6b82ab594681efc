package dev.matryoshka.gpu;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.engine.Devices;
import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.selftest.Parity;
import dev.matryoshka.engine.selftest.ParityCases;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/** Every operation on a device against the CPU. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ParityTest {
    private final String device;
    private Backend cpu;
    private Backend tested;

    ParityTest(String device) {
        this.device = device;
    }

    @BeforeAll
    void open() {
        cpu = Devices.open("cpu");
        tested = Devices.open(device);
    }

    @AfterAll
    void close() {
        tested.close();
        cpu.close();
    }

    @TestFactory
    Stream<DynamicTest> agreesWithTheCpu() {
        return ParityCases.all().stream()
                .map(c -> DynamicTest.dynamicTest(c.name(), () -> {
                    Parity.Result result = Parity.compare(c, tested, cpu);
                    assertTrue(result.passed(), result::toString);
                }));
    }
}
