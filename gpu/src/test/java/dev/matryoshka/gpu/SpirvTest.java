package dev.matryoshka.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every compiled shader by the Khronos validator, those too that no device here can run. */
final class SpirvTest {
    private static final String COOPERATIVE = "matmul_cooperative.spv";
    private static final String UNKNOWN = "Invalid capability operand: 6022"; // CooperativeMatrixKHR, before 2023.3

    @TestFactory
    Stream<DynamicTest> isValid() throws IOException, URISyntaxException {
        URL known = Objects.requireNonNull(VulkanBackend.class.getResource("spirv/" + COOPERATIVE));
        List<Path> shaders;
        try (Stream<Path> all = Files.list(Path.of(known.toURI()).getParent())) {
            shaders = all.sorted().toList();
        }
        return shaders.stream()
                .map(shader -> DynamicTest.dynamicTest(shader.getFileName().toString(), () -> validate(shader)));
    }

    private static void validate(Path shader) throws IOException, InterruptedException {
        assumeTrue(
                Arrays.stream(Objects.requireNonNullElse(System.getenv("PATH"), "")
                                .split(File.pathSeparator))
                        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "spirv-val"))),
                "spirv-val is not installed");
        boolean cooperative = shader.endsWith(COOPERATIVE);
        Process process = new ProcessBuilder(
                        "spirv-val", "--target-env", cooperative ? "vulkan1.3" : "vulkan1.1", shader.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int status = process.waitFor();
        assumeFalse(cooperative && said.contains(UNKNOWN), "this spirv-val is older than cooperative matrices");
        assertEquals(0, status, said);
    }
}
