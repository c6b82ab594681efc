package dev.matryoshka.gpu;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.engine.Devices;
import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.backend.MemoryLedger;
import dev.matryoshka.engine.selftest.Parity;
import dev.matryoshka.engine.selftest.ParityCases;
import dev.matryoshka.engine.weights.DType;
import dev.matryoshka.engine.weights.Tensor;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

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

    /** But for what fills up the last 16 bytes. */
    @ParameterizedTest
    @MethodSource("types")
    void aWeightTakesWhatWasSaid(DType type) {
        List<Integer> shape = List.of(6, 512);
        try (Arena arena = Arena.ofConfined()) {
            Tensor weight = new Tensor("w", type, shape, arena.allocate(type.bytes(6 * 512), 64));
            long before = tested.memory().getOrDefault(MemoryLedger.WEIGHTS, 0L);
            tested.load(weight);
            long taken = tested.memory().getOrDefault(MemoryLedger.WEIGHTS, 0L) - before;
            long more = taken - tested.bytesOf(weight.type(), weight.elements());
            assertTrue(more >= 0 && more < 16, () -> "takes " + more + " more");
        }
    }

    static List<DType> types() {
        return DType.weights();
    }
}
