package dev.matryoshka.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.engine.GenerationConfig;
import dev.matryoshka.engine.error.MatryoshkaException;
import dev.matryoshka.ui.settings.Settings;
import dev.matryoshka.ui.settings.Settings.Appearance;
import dev.matryoshka.ui.settings.Settings.Engine;
import dev.matryoshka.ui.settings.Settings.Place;
import dev.matryoshka.ui.settings.Settings.Preset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Settings on the disk. */
class SettingsFileTest {
    @TempDir
    private Path folder = Path.of("");

    private Path file() {
        return folder.resolve("new/settings.json");
    }

    @Test
    void whatIsSavedIsFoundAgain() throws IOException {
        SettingsFile store = SettingsFile.open(file());
        assertEquals(Settings.DEFAULTS, store.settings());
        Settings set = new Settings(
                Preset.OWN,
                new GenerationConfig(
                        0.3f, 5, 0.5f, 0.1f, 1.2f, 0, Settings.DEFAULTS.own().maxTokens()),
                7L,
                99,
                "Légy rövid.",
                Appearance.DARK,
                18,
                0L,
                new Place(-3, 4, 900, 700),
                new Engine("some/model:Q4_0", "vulkan:1", List.of("/models/é 文", "/x.gguf")));
        store.save(Settings.DEFAULTS);
        store.save(set);
        assertEquals(set, SettingsFile.open(file()).settings());
        try (var left = Files.list(folder.resolve("new"))) {
            assertEquals(List.of(file()), left.toList());
        }
    }

    @Test
    void whatANewerVersionKeptStays() throws IOException {
        Files.createDirectories(folder.resolve("new"));
        Files.writeString(file(), "{\"voice\": {\"name\": \"Anna\"}, \"appearance\": \"sepia\", \"font_size\": 16}");
        SettingsFile store = SettingsFile.open(file());
        assertNull(store.problem());
        assertEquals(Settings.DEFAULTS.withFontSize(16), store.settings());
        store.save(store.settings().withSystem("Hi"));
        String text = Files.readString(file());
        assertTrue(text.contains("Anna") && text.contains("Hi"), text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[1]", "{\"temperature\": -1}", "{} {}"})
    void aDamagedFileIsPutAsideAndSaid(String text) throws IOException {
        Files.createDirectories(folder.resolve("new"));
        Files.writeString(file(), text);
        SettingsFile store = SettingsFile.open(file());
        assertEquals(Settings.DEFAULTS, store.settings());
        assertNotNull(store.problem());
        assertFalse(Files.exists(file()));
        assertEquals(text, Files.readString(file().resolveSibling("settings.json.broken")));
        store.save(Settings.DEFAULTS);
        assertNull(SettingsFile.open(file()).problem());
    }

    @Test
    void aFolderThatCannotBeWrittenIsSaid() throws IOException {
        Files.writeString(folder.resolve("new"), "a file where the folder should be");
        SettingsFile store = SettingsFile.open(file());
        assertThrows(MatryoshkaException.class, () -> store.save(Settings.DEFAULTS));
    }
}
