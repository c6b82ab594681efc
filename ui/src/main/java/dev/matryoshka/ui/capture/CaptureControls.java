package dev.matryoshka.ui.capture;

import dev.matryoshka.engine.preprocess.RgbImage;
import java.util.Locale;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import javafx.beans.binding.Bindings;
import javafx.beans.binding.BooleanExpression;
import javafx.css.PseudoClass;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.Scene;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.Tooltip;
import javafx.scene.image.ImageView;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyCodeCombination;
import javafx.scene.input.KeyCombination;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.HBox;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import org.kordamp.ikonli.javafx.FontIcon;

/** The composer's camera and microphone: two buttons, and a strip for each that shows while it is used. */
public final class CaptureControls {
    /** A button that is held longer ends the recording when it is let go. */
    private static final long HOLD_NANOS = 400_000_000L;

    private static final double PREVIEW_WIDTH = 320;
    private static final double PREVIEW_HEIGHT = 180;
    private static final PseudoClass IN_USE = PseudoClass.getPseudoClass("in-use");
    private static final KeyCombination RECORD = new KeyCodeCombination(KeyCode.M, KeyCombination.SHORTCUT_DOWN);
    private static final KeyCombination PHOTO =
            new KeyCodeCombination(KeyCode.P, KeyCombination.SHORTCUT_DOWN, KeyCombination.SHIFT_DOWN);

    private final Recorder recorder;
    private final Viewfinder viewfinder;
    private final Button microphone = button("microphone", "fth-mic");
    private final Button camera = button("camera", "fth-camera");
    private final VBox panels;
    private long pressed;

    /**
     * @param maxSeconds longest sound the model hears; may wait, not asked on the UI thread
     * @param uiThread runs changes of state
     * @param sound takes a recording, mono at 16 kHz
     * @param picture takes a snapshot
     */
    public CaptureControls(
            CaptureDevices devices,
            DoubleSupplier maxSeconds,
            Executor uiThread,
            Consumer<float[]> sound,
            Consumer<RgbImage> picture) {
        recorder = new Recorder(devices.microphones(), maxSeconds, uiThread, sound);
        viewfinder = new Viewfinder(devices.cameras(), uiThread, picture);
        panels = new VBox(
                6,
                new CapturePanel<>(recorder, "microphone", level(), "Use the recording", "fth-check", recorder::finish),
                new CapturePanel<>(
                        viewfinder, "camera", preview(), "Take the picture", "fth-aperture", viewfinder::snapshot));
        describe(microphone, "Record a question", "Hold to talk, or click to begin and to end (Ctrl+M)");
        describe(camera, "Take a picture", "Take a picture (Ctrl+Shift+P)");
        BooleanExpression held = microphone.armedProperty().or(microphone.pressedProperty());
        held.addListener((property, before, now) -> {
            if (now) {
                press();
            } else {
                release();
            }
        });
        microphone.setOnAction(e -> {
            if (!held.get()) { // a screen reader's press is neither held nor let go
                toggle(recorder, recorder::finish);
            }
        });
        showUse(microphone, recorder);
        showUse(camera, viewfinder);
        camera.setOnAction(e -> toggle(viewfinder, viewfinder::close));
        panels.sceneProperty().subscribe(this::listenForKeys);
    }

    /** Opens the camera, and closes it. */
    public Node camera() {
        return camera;
    }

    /** Records while it is held, or between two clicks. */
    public Node microphone() {
        return microphone;
    }

    /** What the two give; takes no room while they are off. */
    public Node panels() {
        return panels;
    }

    private void press() {
        if (recorder.isOff()) {
            pressed = System.nanoTime();
            recorder.open();
        } else {
            recorder.finish();
        }
    }

    private void release() {
        if (pressed != 0 && System.nanoTime() - pressed > HOLD_NANOS && !recorder.isOff()) {
            recorder.finish();
        }
        pressed = 0;
    }

    private static void toggle(Capture<?> capture, Runnable end) {
        if (capture.isOff()) {
            capture.open();
        } else {
            end.run();
        }
    }

    private void listenForKeys(Scene scene) {
        if (scene != null) {
            scene.addEventFilter(KeyEvent.KEY_PRESSED, this::onKey);
        }
    }

    private void onKey(KeyEvent e) {
        if (RECORD.match(e)) {
            toggle(recorder, recorder::finish);
            e.consume();
        } else if (PHOTO.match(e)) {
            toggle(viewfinder, viewfinder::snapshot);
            e.consume();
        } else if (e.getCode() == KeyCode.ESCAPE && !(recorder.isOff() && viewfinder.isOff())) {
            recorder.close();
            viewfinder.close();
            e.consume();
        }
    }

    private Node level() {
        LevelMeter meter = new LevelMeter();
        meter.setAccessibleText("Level of the microphone");
        recorder.secondsProperty().addListener((property, before, now) -> {
            if (now.doubleValue() == 0) {
                meter.clear();
            } else {
                meter.add(recorder.levelProperty().get());
            }
        });
        Label time = new Label();
        time.getStyleClass().add("chip-detail");
        time.textProperty()
                .bind(Bindings.createStringBinding(
                        () -> String.format(
                                Locale.ROOT,
                                "%.1f of %.0f s",
                                recorder.secondsProperty().get(),
                                recorder.longestProperty().get()),
                        recorder.secondsProperty(),
                        recorder.longestProperty()));
        VBox box = new VBox(6, meter, time);
        box.getStyleClass().add("sound-card");
        return box;
    }

    private Node preview() {
        ImageView view = new ImageView();
        view.imageProperty().bind(viewfinder.frameProperty().map(Viewfinder.Frame::preview));
        view.setPreserveRatio(true);
        view.setFitWidth(PREVIEW_WIDTH);
        view.setFitHeight(PREVIEW_HEIGHT);
        view.setAccessibleText("What the camera sees");
        StackPane frame = new StackPane(new Label("opening the camera…"), view);
        frame.setPrefSize(PREVIEW_WIDTH, PREVIEW_HEIGHT);
        frame.setAlignment(Pos.CENTER);
        frame.getStyleClass().add("viewfinder");
        return new HBox(frame);
    }

    private static Button button(String id, String icon) {
        Button button = new Button("", new FontIcon(icon));
        button.setId("use-" + id);
        button.getStyleClass().add("icon-button");
        return button;
    }

    private static void showUse(Button button, Capture<?> capture) {
        capture.stateProperty().subscribe(state -> button.pseudoClassStateChanged(IN_USE, state != Capture.State.OFF));
    }

    private static void describe(Button button, String name, String hint) {
        button.setAccessibleText(name);
        button.setTooltip(new Tooltip(hint));
    }
}
