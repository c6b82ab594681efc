package dev.matryoshka.gpu;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.engine.Devices;
import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.selftest.Parity;
import dev.matryoshka.engine.selftest.ParityCase;
import dev.matryoshka.engine.selftest.ParityCases;
import dev.matryoshka.engine.weights.DType;
import dev.matryoshka.gpu.cl.OpenClDevice;
import dev.matryoshka.gpu.cl.PhysicalDevice;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What this device would not choose by itself. */
final class OpenClVariantsTest {
    @Test
    void workGroupsOfAGpuAgreeWithTheCpu() {
        compare(
                OpenClTuning.GPU,
                OpenClBackend.TYPES,
                Stream.of("matmul", "gatedFfn", "rmsNorm", "attention", "gauss"));
    }

    @Test
    void weightsOfTypesWithoutKernelsStayWithTheCpu() {
        compare(OpenClTuning.CPU, EnumSet.of(DType.F32), Stream.of("matmul", "gatedFfn", "rmsNorm", "add"));
    }

    private static void compare(OpenClTuning tuning, Set<DType> types, Stream<String> operations) {
        List<String> prefixes = operations.toList();
        Stream<ParityCase> all = ParityCases.of(List.of(DType.F16, DType.BF16, DType.Q8_0, DType.Q4_0)).stream()
                .filter(c -> prefixes.stream().anyMatch(c.name()::startsWith));
        List<ParityCase> cases = Stream.concat(all, ParityCases.products(List.of(DType.Q6_K)).stream())
                .toList();
        try (Backend cpu = Devices.open("cpu");
                Backend opencl =
                        new OpenClBackend(new OpenClDevice(PhysicalDevice.all().getFirst()), tuning, types)) {
            cases.forEach(c -> {
                Parity.Result result = Parity.compare(c, opencl, cpu);
                assertTrue(result.passed(), result::toString);
            });
        }
    }
}
