package dev.matryoshka.ui.theme;

import atlantafx.base.theme.PrimerDark;
import atlantafx.base.theme.PrimerLight;
import dev.matryoshka.ui.settings.Settings;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import javafx.application.Application;
import javafx.application.ColorScheme;
import javafx.application.Platform;
import javafx.beans.value.ObservableValue;
import javafx.scene.Scene;
import javafx.scene.text.Font;

/** AtlantaFX with the project's own colours and Inter; dark or light as the settings or the system say, while it runs. */
public final class Theme {
    private static final String DARK = "dark";
    private static final int DESIGNED_SIZE = 14;
    private static final Pattern SIZES = Pattern.compile("(-fx-(?:font|icon)-size: )([0-9.]+)px");

    private Theme() {}

    /** Dresses a scene and keeps it in step with the settings and the system. */
    public static void follow(Scene scene, ObservableValue<Settings> settings) {
        for (String name : List.of("Inter-Regular.otf", "Inter-SemiBold.otf")) {
            InputStream font =
                    Objects.requireNonNull(Theme.class.getResourceAsStream("/dev/matryoshka/ui/fonts/" + name));
            Font.loadFont(font, 14);
        }
        dress(scene, settings.getValue());
        settings.addListener((property, before, now) -> {
            if (before.appearance() != now.appearance() || before.fontSize() != now.fontSize()) {
                dress(scene, now);
            }
        });
        Platform.getPreferences()
                .colorSchemeProperty()
                .addListener((property, before, now) -> dress(scene, settings.getValue()));
    }

    private static void dress(Scene scene, Settings settings) {
        scene.getStylesheets().setAll(sheet(settings.fontSize()));
        apply(
                scene,
                switch (settings.appearance()) {
                    case SYSTEM -> Platform.getPreferences().getColorScheme();
                    case LIGHT -> ColorScheme.LIGHT;
                    case DARK -> ColorScheme.DARK;
                });
    }

    /** The style sheet with all its sizes of text and icons scaled alike. */
    private static String sheet(int fontSize) {
        URL sheet = Objects.requireNonNull(Theme.class.getResource("/dev/matryoshka/ui/matryoshka.css"));
        if (fontSize == DESIGNED_SIZE) {
            return sheet.toExternalForm();
        }
        try (InputStream in = sheet.openStream()) {
            String scaled = SIZES.matcher(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                    .replaceAll(m -> m.group(1)
                            + String.format(
                                    Locale.ROOT, "%.2fpx", Double.parseDouble(m.group(2)) * fontSize / DESIGNED_SIZE));
            return "data:text/css;base64,"
                    + Base64.getEncoder().encodeToString(scaled.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Dresses a scene in one of the two. */
    public static void apply(Scene scene, ColorScheme scheme) {
        boolean dark = scheme == ColorScheme.DARK;
        Application.setUserAgentStylesheet(
                dark ? new PrimerDark().getUserAgentStylesheet() : new PrimerLight().getUserAgentStylesheet());
        scene.getRoot().getStyleClass().remove(DARK);
        if (dark) {
            scene.getRoot().getStyleClass().add(DARK);
        }
    }
}
