package dev.matryoshka.gpu;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.engine.Devices;
import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.selftest.Parity;
import dev.matryoshka.engine.selftest.ParityCase;
import dev.matryoshka.engine.selftest.ParityCases;
import dev.matryoshka.engine.weights.DType;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every operation on the OpenCL device against the CPU. */
final class OpenClParityTest {
    private static Backend cpu;
    private static Backend opencl;

    @BeforeAll
    static void open() {
        cpu = Devices.open("cpu");
        opencl = Devices.open("opencl");
    }

    @AfterAll
    static void close() {
        opencl.close();
        cpu.close();
    }

    @TestFactory
    Stream<DynamicTest> agreesWithTheCpu() {
        List<ParityCase> cases = ParityCases.of(List.of(DType.F32, DType.F16, DType.BF16, DType.Q8_0, DType.Q4_0));
        return cases.stream()
                .map(c -> DynamicTest.dynamicTest(c.name(), () -> {
                    Parity.Result result = Parity.compare(c, opencl, cpu);
                    assertTrue(result.passed(), result::toString);
                }));
    }
}
