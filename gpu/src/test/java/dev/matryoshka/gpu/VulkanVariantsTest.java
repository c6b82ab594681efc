package dev.matryoshka.gpu;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.engine.Devices;
import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.selftest.Parity;
import dev.matryoshka.engine.selftest.ParityCase;
import dev.matryoshka.engine.selftest.ParityCases;
import dev.matryoshka.engine.weights.DType;
import dev.matryoshka.gpu.vk.PhysicalDevice;
import dev.matryoshka.gpu.vk.VulkanDevice;
import dev.matryoshka.gpu.vk.VulkanInstance;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Products by every variant of their kernels, whichever this device would choose; bindings and submits as small as can be. */
final class VulkanVariantsTest {
    private static final long SMALL_BINDING = 128 << 10;
    private static final long SMALL_SUBMIT = 1 << 16;

    @ParameterizedTest
    @CsvSource({"TEXELS, false", "SHARED, false", "SUBGROUP, false", "SUBGROUP, true"})
    void agreesWithTheCpu(Tuning.MatVec vector, boolean integer) {
        VulkanInstance instance = new VulkanInstance();
        PhysicalDevice device = instance.devices().getFirst();
        Tuning tuning = Tuning.of(device).with(vector, integer);
        try (Backend cpu = Devices.open("cpu");
                Backend vulkan =
                        new VulkanBackend(new VulkanDevice(instance, device), tuning, SMALL_BINDING, SMALL_SUBMIT)) {
            products().forEach(c -> {
                Parity.Result result = Parity.compare(c, vulkan, cpu);
                assertTrue(result.passed(), result::toString);
            });
        }
    }

    private static Stream<ParityCase> products() {
        Stream<ParityCase> all = ParityCases.of(List.of(DType.F32, DType.BF16, DType.Q8_0, DType.Q4_0)).stream()
                .filter(c ->
                        Stream.of("matmul", "gatedFfn", "conv2d", "multiQuery").anyMatch(c.name()::startsWith));
        List<DType> forms = List.of(DType.Q5_1, DType.Q2_K, DType.Q6_K); // all that BlockLayout has
        return Stream.concat(all, ParityCases.products(forms).stream());
    }
}
