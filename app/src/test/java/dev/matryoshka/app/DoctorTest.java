package dev.matryoshka.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code doctor} says of machines that lack something. */
class DoctorTest {
    @Test
    void everythingIsLookedAtAndThisMachineCanRunIt(@TempDir Path home) {
        List<Finding> findings = new Doctor(folders(home, Map.of())).findings();
        assertEquals(
                List.of(
                        "java",
                        "letters",
                        "memory",
                        "folder",
                        "disk",
                        "log",
                        "model",
                        "window",
                        "vulkan",
                        "microphone",
                        "loudspeaker",
                        "camera"),
                findings.stream().map(Finding::name).toList());
        assertTrue(DoctorCommand.runs(findings), DoctorCommand.text(findings));
    }

    @Test
    void missingDisplayIsNamedAndTheTerminalStaysUsable(@TempDir Path home) {
        Finding window = finding("window", folders(home, Map.of()));
        assertFalse(window.ok());
        assertTrue(window.found().contains("DISPLAY"), window.found());
        assertTrue(DoctorCommand.runs(List.of(window)));
    }

    @Test
    void displayThatDoesNotAnswerIsNamed(@TempDir Path home) {
        Finding window = finding("window", folders(home, Map.of("DISPLAY", ":4711")));
        assertFalse(window.ok());
        assertNotNull(window.fix());
    }

    @Test
    void folderThatCannotBeWritten(@TempDir Path home) throws IOException {
        Path file = Files.createFile(home.resolve("file"));
        Finding folder = finding("folder", folders(home, Map.of("XDG_CACHE_HOME", file.toString())));
        assertFalse(folder.ok());
        assertTrue(folder.fix() != null && folder.fix().contains("XDG_CACHE_HOME"), folder.fix());
    }

    @Test
    void jsonHasEveryFix() throws IOException {
        Finding fine = Finding.ok("java", true, "Java 25");
        Finding broken = Finding.missing("model", true, "x is damaged", "install it again");
        JsonNode object = new ObjectMapper().readTree(DoctorCommand.object(List.of(fine, broken)));
        assertFalse(object.path("runs").asBoolean());
        assertTrue(object.at("/checks/0/ok").asBoolean());
        assertTrue(object.at("/checks/0/fix").isMissingNode());
        assertEquals("install it again", object.at("/checks/1/fix").asText());
        assertEquals("missing  model        x is damaged: install it again", DoctorCommand.text(List.of(broken)));
    }

    private static AppFolders folders(Path home, Map<String, String> environment) {
        return new AppFolders(environment, home, "linux");
    }

    private static Finding finding(String name, AppFolders folders) {
        return new Doctor(folders)
                .findings().stream()
                        .filter(finding -> finding.name().equals(name))
                        .findFirst()
                        .orElseThrow();
    }
}
