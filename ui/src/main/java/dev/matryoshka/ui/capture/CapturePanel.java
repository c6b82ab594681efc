package dev.matryoshka.ui.capture;

import dev.matryoshka.engine.error.MatryoshkaException;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Label;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;
import javafx.util.StringConverter;
import org.jspecify.annotations.Nullable;
import org.kordamp.ikonli.javafx.FontIcon;

/** The strip over the words while a device is used: what it gives, which one it is, done and cancel; or what is wrong. */
final class CapturePanel<D> extends HBox {
    private static final double CHOICE = 190;

    private final Capture<D> capture;
    private final Node view;
    private final ComboBox<D> choice = new ComboBox<>();
    private final Button done;
    private final Button cancel;

    /**
     * @param name of the kind of device
     * @param view shows what the device gives
     * @param take what the done button says
     */
    CapturePanel(Capture<D> capture, String name, Node view, String take, String icon, Runnable onDone) {
        super(10);
        this.capture = capture;
        this.view = view;
        setAlignment(Pos.CENTER_LEFT);
        getStyleClass().add("capture");
        setId(name);
        choice.setItems(capture.devices());
        choice.valueProperty().bindBidirectional(capture.chosenProperty());
        choice.setConverter(new Names());
        choice.setPrefWidth(CHOICE);
        choice.setAccessibleText("Choose a " + name);
        done = new Button(take, new FontIcon(icon));
        done.getStyleClass().addAll("wide-button", "done");
        done.setOnAction(e -> onDone.run());
        cancel = new Button("", new FontIcon("fth-x"));
        cancel.getStyleClass().add("icon-button");
        cancel.setAccessibleText("Cancel");
        cancel.setTooltip(new Tooltip("Cancel (Esc)"));
        cancel.setOnAction(e -> capture.close());
        managedProperty().bind(visibleProperty());
        capture.stateProperty().addListener(property -> show());
        capture.errorProperty().addListener(property -> show());
        show();
    }

    private void show() {
        MatryoshkaException error = capture.errorProperty().get();
        setVisible(!capture.isOff() || error != null);
        if (error != null) {
            getChildren().setAll(problem(error), cancel);
        } else {
            VBox right = new VBox(6, choice, new HBox(8, done, cancel));
            getChildren().setAll(view, right);
        }
        done.setDisable(capture.stateProperty().get() != Capture.State.RUNNING);
    }

    private static Node problem(MatryoshkaException error) {
        FontIcon icon = new FontIcon("fth-alert-circle");
        icon.getStyleClass().add("warning-icon");
        Label problem = new Label(error.problem());
        problem.getStyleClass().add("title");
        problem.setWrapText(true);
        Label remedy = new Label(error.remedy());
        remedy.setWrapText(true);
        HBox box = new HBox(10, icon, new VBox(4, problem, remedy));
        box.getStyleClass().add("problem");
        HBox.setHgrow(box, Priority.ALWAYS);
        return box;
    }

    private final class Names extends StringConverter<@Nullable D> {
        @Override
        public String toString(@Nullable D device) {
            return device == null ? "" : capture.name(device);
        }

        @Override
        public @Nullable D fromString(String name) {
            return capture.chosenProperty().get(); // never typed
        }
    }
}
