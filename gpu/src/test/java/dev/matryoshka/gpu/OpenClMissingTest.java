package dev.matryoshka.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.engine.Devices;
import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.error.DeviceException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A machine without OpenCL: another Java is told that it stands on one. */
final class OpenClMissingTest {
    @Test
    void withoutALoaderThePackagesAreNamed() throws Exception {
        String said = open(new ProcessBuilder(), "-Dorg.lwjgl.opencl.libname=no-such-loader");
        assertTrue(said.startsWith("there is no OpenCL on this machine"), said);
        assertTrue(said.contains("ocl-icd-libopencl1") && said.contains("pocl-opencl-icd"), said);
    }

    @Test
    void withoutADriverThePackagesAreNamed(@TempDir Path empty) throws Exception {
        ProcessBuilder process = new ProcessBuilder();
        process.environment().put("OCL_ICD_VENDORS", empty.toString());
        String said = open(process, "-Dno=driver");
        assertTrue(said.startsWith("no OpenCL driver is installed here"), said);
        assertTrue(said.contains("pocl-opencl-icd"), said);
    }

    private static String open(ProcessBuilder process, String option) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                option,
                "-cp",
                System.getProperty("java.class.path"),
                Open.class.getName()));
        Process java = process.command(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String said = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertEquals(0, java.waitFor());
        return said;
    }

    /** Tries OpenCL, says what it heard, then uses the CPU. */
    static final class Open {
        private Open() {}

        public static void main(String[] args) {
            try {
                Devices.open("opencl").close();
            } catch (DeviceException e) {
                System.out.println(e.getMessage());
            }
            try (Backend cpu = Devices.open("cpu")) {
                System.exit(cpu.device().startsWith("CPU") ? 0 : 1);
            }
        }
    }
}
