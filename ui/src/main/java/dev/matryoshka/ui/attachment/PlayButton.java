package dev.matryoshka.ui.attachment;

import dev.matryoshka.engine.error.MatryoshkaException;
import dev.matryoshka.media.audio.SoundPlayer;
import javafx.application.Platform;
import javafx.scene.control.Button;
import javafx.scene.control.Tooltip;
import org.jspecify.annotations.Nullable;
import org.kordamp.ikonli.javafx.FontIcon;

/** Plays a sound, and stops it; says on itself why it can't. */
final class PlayButton extends Button {
    private final String name;
    private final float[] samples;
    private @Nullable SoundPlayer playing;

    /** @param samples mono at 16 kHz */
    PlayButton(String name, float[] samples) {
        this.name = name;
        this.samples = samples;
        getStyleClass().addAll("icon-button", "small", "play");
        setOnAction(e -> toggle());
        sceneProperty().addListener((property, before, now) -> {
            if (now == null) { // removed or sent
                stop();
            }
        });
        show("fth-play", "Play");
    }

    private void toggle() {
        if (playing != null) {
            stop();
            return;
        }
        SoundPlayer player = new SoundPlayer();
        playing = player;
        show("fth-square", "Stop");
        Thread.ofPlatform().daemon().name("player").start(() -> play(player));
    }

    private void play(SoundPlayer player) {
        try {
            player.play(samples);
            Platform.runLater(() -> ended(player));
        } catch (MatryoshkaException e) {
            Platform.runLater(() -> {
                ended(player);
                show("fth-volume-x", e.problem() + ": " + e.remedy());
            });
        }
    }

    private void stop() {
        SoundPlayer player = playing;
        if (player != null) {
            player.stop();
            ended(player);
        }
    }

    private void ended(SoundPlayer player) {
        if (player.equals(playing)) {
            playing = null;
            show("fth-play", "Play");
        }
    }

    private void show(String icon, String does) {
        setGraphic(new FontIcon(icon));
        setAccessibleText(does + ", " + name);
        setTooltip(new Tooltip(does));
    }
}
