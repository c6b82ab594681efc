package dev.matryoshka.ui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.engine.GenerationConfig;
import dev.matryoshka.engine.error.InvalidRequestException;
import dev.matryoshka.engine.error.MatryoshkaException;
import dev.matryoshka.ui.settings.Help;
import dev.matryoshka.ui.settings.Settings;
import dev.matryoshka.ui.settings.Settings.Appearance;
import dev.matryoshka.ui.settings.Settings.Preset;
import dev.matryoshka.ui.settings.SettingsStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import javafx.scene.Node;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Label;
import javafx.scene.control.Spinner;
import javafx.scene.input.Clipboard;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyCodeCombination;
import javafx.scene.input.KeyCombination;
import javafx.scene.text.Font;
import javafx.stage.Stage;
import org.junit.jupiter.api.Test;
import org.testfx.api.FxRobot;
import org.testfx.framework.junit5.Start;

/** The settings page and the overview of keys, in a window. */
class SettingsTest extends WindowTest {
    private static final GenerationConfig RECOMMENDED = new GenerationConfig(1, 64, 0.95f, 0, 1, 0, 1024);

    private volatile Settings kept = Settings.DEFAULTS.withSystem("Be brief.");

    @Start
    void start(Stage primary) {
        store = new SettingsStore() {
            @Override
            public Settings settings() {
                return kept;
            }

            @Override
            public MatryoshkaException problem() {
                return new InvalidRequestException("the settings are damaged", "they begin anew");
            }

            @Override
            public void save(Settings settings) {
                kept = settings;
            }
        };
        help = new Help() {
            @Override
            public Path logs() {
                return Path.of("/state/matryoshka");
            }

            @Override
            public String report() {
                return "Matryoshka 1, Java 25";
            }
        };
        open(primary, List.of());
    }

    @Test
    void theLogIsNamedAndAReportIsCopied(FxRobot robot) throws Exception {
        await(() -> hasText("never a word of a chat: /state/matryoshka"));
        robot.interact(() -> button("#copy-report").fire());
        await(() ->
                "Matryoshka 1, Java 25".equals(Clipboard.getSystemClipboard().getString()));
        await(() -> button("#copy-report").getText().equals("Copied"));
        robot.interact(() -> node("#copy-report").requestFocus());
    }

    @Test
    void whatWasDamagedIsSaidAndWhatWasKeptIsInForce(FxRobot robot) throws Exception {
        await(() -> node("#settings-page").isVisible() && hasText("the settings are damaged: they begin anew"));
        assertEquals("Be brief.", assistant.settings.system());
        robot.type(KeyCode.ESCAPE);
        await(() -> !node("#settings-page").isVisible());
    }

    @Test
    void everythingTakesEffectAtOnceAndIsKept(FxRobot robot) throws Exception {
        robot.type(KeyCode.ESCAPE);
        robot.push(new KeyCodeCombination(KeyCode.COMMA, KeyCombination.SHORTCUT_DOWN));
        await(() -> node("#settings-page").isVisible());
        shot("settings-light");
        ComboBox<Preset> preset = combo("#preset");
        robot.interact(() -> preset.setValue(Preset.PRECISE));
        assertEquals(0.2f, assistant.settings.generation(RECOMMENDED).temperature());
        Spinner<?> temperature = (Spinner<?>) node("#temperature");
        assertEquals(0.2, (Double) temperature.getValue(), 1e-6);
        robot.interact(() -> temperature.getEditor().requestFocus());
        robot.type(KeyCode.UP);
        await(() -> assistant.settings.preset() == Preset.OWN);
        assertEquals(0.3, assistant.settings.generation(RECOMMENDED).temperature(), 1e-6);
        assertEquals(0.05, assistant.settings.generation(RECOMMENDED).minP(), 1e-6, "the rest is the preset's");
        robot.interact(() -> node("#seed").requestFocus());
        robot.write("42x");
        await(() -> Long.valueOf(42).equals(assistant.settings.seed()));
        robot.eraseText(2);
        await(() -> assistant.settings.seed() == null);
        robot.interact(() -> node("#system").requestFocus());
        robot.write("Why? ");
        assertEquals("Why? Be brief.", assistant.settings.system());
        await(() -> kept.system().equals("Why? Be brief.") && kept.preset() == Preset.OWN);
        assertNull(kept.seed());
    }

    @Test
    void coloursAndTheSizeOfText(FxRobot robot) throws Exception {
        ComboBox<Appearance> appearance = combo("#appearance");
        robot.interact(() -> appearance.setValue(Appearance.DARK));
        await(() -> stage.getScene().getRoot().getStyleClass().contains("dark"));
        Label title = (Label) node("#settings-page").lookup(".title");
        Font before = title.getFont();
        Spinner<Double> size = spinner("#font-size");
        robot.interact(() -> size.getValueFactory().setValue(21.0));
        await(() -> Math.abs(title.getFont().getSize() - 1.5 * before.getSize()) < 0.1);
        shot("settings-large-dark");
        robot.interact(() -> {
            size.getValueFactory().setValue(14.0);
            appearance.setValue(Appearance.LIGHT);
        });
        await(() -> !stage.getScene().getRoot().getStyleClass().contains("dark"));
        await(() -> title.getFont().getSize() == before.getSize() && kept.appearance() == Appearance.LIGHT);
    }

    @Test
    void aQuestionMarkShowsTheKeysUnlessItIsWritten(FxRobot robot) throws Exception {
        robot.type(KeyCode.ESCAPE);
        robot.clickOn("#prompt").write("?");
        await(() -> node("#shortcuts-page").isVisible() && hasText("Add pictures, sounds or videos"));
        shot("shortcuts-light");
        robot.type(KeyCode.ESCAPE);
        robot.write("Why?");
        assertEquals("Why?", window.viewModel().draftProperty().get());
        assertFalse(node("#shortcuts-page").isVisible());
        robot.type(KeyCode.F1);
        await(() -> node("#shortcuts-page").isVisible());
    }

    @Test
    void theWindowsPlaceIsKept(FxRobot robot) throws Exception {
        robot.interact(() -> {
            stage.setWidth(900);
            stage.hide();
        });
        assertEquals(900, Objects.requireNonNull(kept.place()).width(), 1);
    }

    @Test
    void theWindowsPlaceIsKeptAlsoWhileItStands(FxRobot robot) throws Exception {
        robot.interact(() -> stage.setWidth(950));
        await(() -> kept.place() != null && Math.abs(kept.place().width() - 950) < 1);
    }

    @Test
    void everyControlOfTheWindowHasAName() {
        assertEquals(List.of(), nameless());
        assertTrue(controls().size() >= 30, controls().size() + " controls");
    }

    private Node node(String id) {
        return stage.getScene().lookup(id);
    }

    @SuppressWarnings("unchecked")
    private <T> ComboBox<T> combo(String id) {
        return (ComboBox<T>) node(id);
    }

    @SuppressWarnings("unchecked")
    private Spinner<Double> spinner(String id) {
        return (Spinner<Double>) node(id);
    }
}
