package dev.matryoshka.ui.attachment;

import dev.matryoshka.engine.PromptPart;
import dev.matryoshka.engine.error.MatryoshkaException;
import dev.matryoshka.media.audio.AudioDecoder;
import dev.matryoshka.media.audio.SoundPlayer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import javafx.geometry.Pos;
import javafx.scene.AccessibleRole;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.Tooltip;
import javafx.scene.input.KeyEvent;
import javafx.scene.input.MouseButton;
import javafx.scene.input.MouseEvent;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Pane;
import javafx.scene.layout.VBox;
import org.kordamp.ikonli.javafx.FontIcon;

/**
 * A sound to play and to move in: its waveform, which takes clicks, drags and keys (space, arrows for 5 s), a button and the time. One
 * that the model hears in parts has a line at each cut and the times of the parts below, to click.
 */
final class SoundStrip extends VBox {
    private static final double SHORT = 160; // pixels wide
    private static final double PART = 44; // what a time takes
    private static final double SKIP_SECONDS = 5;

    private final String name;
    private final Playback playback;
    private final Waveform waveform;
    private final Label time = new Label();
    private final Button play = new Button();

    /**
     * @param samples mono at 16 kHz
     * @param parts what of a prompt is made of it
     * @param height of the waveform, in pixels
     * @param widest that it may become for its parts, in pixels
     */
    SoundStrip(String name, float[] samples, List<PromptPart> parts, double height, double widest) {
        this(name, samples, parts, height, widest, SoundPlayer::new);
    }

    /** The same on another output. */
    SoundStrip(
            String name,
            float[] samples,
            List<PromptPart> parts,
            double height,
            double widest,
            Supplier<SoundPlayer> players) {
        super(4);
        this.name = name;
        playback = new Playback(samples, players);
        List<Integer> starts = starts(parts);
        List<Double> cuts = starts.stream()
                .skip(1)
                .map(start -> (double) start / Math.max(1, samples.length))
                .toList();
        waveform = new Waveform(samples, Math.clamp(starts.size() * PART, SHORT, widest), height, cuts);
        getStyleClass().add("sound-strip");
        setUpWaveform();
        getChildren().add(waveform);
        if (!cuts.isEmpty()) {
            getChildren().add(times(starts));
        }
        play.getStyleClass().addAll("icon-button", "small", "play");
        play.setOnAction(e -> playback.toggle());
        time.getStyleClass().add("chip-detail");
        HBox line = new HBox(6, play, time);
        line.setAlignment(Pos.CENTER_LEFT);
        getChildren().add(line);
        playback.positionProperty().addListener((property, before, now) -> showPosition());
        playback.playingProperty().addListener((property, before, now) -> showButton());
        playback.problemProperty().addListener((property, before, now) -> showButton());
        sceneProperty().addListener((property, before, now) -> {
            if (now == null) { // removed or sent
                playback.pause();
            }
        });
        showPosition();
        showButton();
    }

    /** The first sample of each part. */
    private static List<Integer> starts(List<PromptPart> parts) {
        List<Integer> starts = new ArrayList<>();
        int at = 0;
        for (PromptPart part : parts) {
            if (part instanceof PromptPart.Audio audio) {
                starts.add(at);
                at += audio.samples().length;
            }
        }
        return starts;
    }

    private void setUpWaveform() {
        waveform.setFocusTraversable(true);
        waveform.setAccessibleRole(AccessibleRole.SLIDER);
        waveform.addEventHandler(MouseEvent.MOUSE_PRESSED, this::point);
        waveform.addEventHandler(MouseEvent.MOUSE_DRAGGED, this::point);
        waveform.addEventHandler(KeyEvent.KEY_PRESSED, this::key);
    }

    private void point(MouseEvent e) {
        if (e.getButton() == MouseButton.PRIMARY) {
            waveform.requestFocus();
            double share = Math.clamp(e.getX() / waveform.width(), 0, 1);
            playback.seek((int) (share * playback.length()));
            e.consume();
        }
    }

    private void key(KeyEvent e) {
        switch (e.getCode()) {
            case SPACE -> playback.toggle();
            case LEFT -> playback.skip(-SKIP_SECONDS);
            case RIGHT -> playback.skip(SKIP_SECONDS);
            case HOME -> playback.seek(0);
            case END -> playback.seek(playback.length());
            default -> {
                return;
            }
        }
        e.consume();
    }

    /** The times at which parts begin, each below its cut; where they stand too close, every second one, or third. */
    private Pane times(List<Integer> starts) {
        Pane times = new Pane();
        times.getStyleClass().add("parts");
        double end = -1;
        for (int i = 0; i < starts.size(); i++) {
            int start = starts.get(i);
            double x = (double) start / playback.length() * waveform.width();
            if (x >= end) {
                Button part = new Button(clock(start));
                part.getStyleClass().add("part");
                part.setAccessibleText("Part " + (i + 1) + " of " + starts.size() + ", from " + clock(start));
                part.setTooltip(new Tooltip("Part " + (i + 1) + " of " + starts.size()));
                part.setOnAction(e -> playback.seek(start));
                part.setLayoutX(x);
                times.getChildren().add(part);
                end = x + PART * 0.8;
            }
        }
        return times;
    }

    private void showPosition() {
        waveform.showPlayed(playback.share());
        String whole = clock(playback.length());
        int at = playback.positionProperty().get();
        time.setText(at == 0 && !playback.playingProperty().get() ? whole : clock(at) + " / " + whole);
        waveform.setAccessibleText(name + ", " + clock(at) + " of " + whole);
    }

    private void showButton() {
        MatryoshkaException problem = playback.problemProperty().get();
        boolean playing = playback.playingProperty().get();
        String does = playing ? "Pause" : "Play";
        play.setGraphic(new FontIcon(problem != null ? "fth-volume-x" : playing ? "fth-pause" : "fth-play"));
        String says = problem == null ? does : problem.problem() + ": " + problem.remedy();
        play.setAccessibleText(says + ", " + name);
        play.setTooltip(new Tooltip(says));
        showPosition();
    }

    /** Minutes and seconds of a sample. */
    static String clock(int sample) {
        int seconds = sample / AudioDecoder.SAMPLE_RATE;
        return String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60);
    }
}
