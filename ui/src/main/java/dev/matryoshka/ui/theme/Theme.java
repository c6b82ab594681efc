package dev.matryoshka.ui.theme;

import atlantafx.base.theme.PrimerDark;
import atlantafx.base.theme.PrimerLight;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import javafx.application.Application;
import javafx.application.ColorScheme;
import javafx.application.Platform;
import javafx.scene.Scene;
import javafx.scene.text.Font;

/** AtlantaFX with the project's own colours and Inter; dark or light as the system says, while it runs. */
public final class Theme {
    private static final String DARK = "dark";

    private Theme() {}

    /** Dresses a scene and keeps it in step with the system. */
    public static void follow(Scene scene) {
        for (String name : List.of("Inter-Regular.otf", "Inter-SemiBold.otf")) {
            InputStream font =
                    Objects.requireNonNull(Theme.class.getResourceAsStream("/dev/matryoshka/ui/fonts/" + name));
            Font.loadFont(font, 14);
        }
        scene.getStylesheets()
                .add(Objects.requireNonNull(Theme.class.getResource("/dev/matryoshka/ui/matryoshka.css"))
                        .toExternalForm());
        apply(scene, Platform.getPreferences().getColorScheme());
        Platform.getPreferences().colorSchemeProperty().addListener((property, before, now) -> apply(scene, now));
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
