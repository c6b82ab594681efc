package dev.matryoshka.ui.size;

import dev.matryoshka.engine.SliceInfo;
import java.util.Locale;
import java.util.OptionalDouble;
import javafx.beans.InvalidationListener;
import javafx.scene.control.Label;
import javafx.scene.control.ProgressBar;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;

/** What the size that is looked at means: speed here, keys and values, memory of the device. */
final class SizeFigures extends VBox {
    private final SizeViewModel viewModel;
    private final VBox speedCard;
    private final Label speed = new Label();
    private final Label keysAndValues = new Label();
    private final Label bytes = new Label();
    private final ProgressBar share = new ProgressBar();

    SizeFigures(SizeViewModel viewModel) {
        super(12);
        this.viewModel = viewModel;
        speed.setId("size-speed");
        keysAndValues.setId("size-kv");
        bytes.setId("size-bytes");
        bytes.getStyleClass().add("soft");
        share.setMaxWidth(Double.MAX_VALUE);
        share.setAccessibleText("Weights of this size beside those of the largest");
        speed.setTooltip(new Tooltip("From this session's answers on this device; of other sizes by their bytes"));
        speedCard = card("SPEED HERE", speed);
        speedCard.managedProperty().bind(speedCard.visibleProperty());
        VBox kvCard = card("K/V CACHE", keysAndValues);
        HBox pair = new HBox(8, speedCard, kvCard);
        BorderPane line = new BorderPane();
        line.setLeft(title("WEIGHTS IN USE"));
        line.setRight(bytes);
        VBox memory = new VBox(8, line, share);
        memory.getStyleClass().add("card");
        getChildren().addAll(pair, memory);
        InvalidationListener refresh = property -> show();
        viewModel.scaleProperty().addListener(refresh);
        viewModel.shownProperty().addListener(refresh);
        viewModel.kvPolicyProperty().addListener(refresh);
        viewModel.heardProperty().addListener(refresh);
        show();
    }

    private static Label title(String text) {
        Label title = new Label(text);
        title.getStyleClass().add("card-title");
        return title;
    }

    private static VBox card(String title, Label value) {
        value.getStyleClass().add("strong");
        VBox card = new VBox(3, title(title), value);
        card.getStyleClass().add("card");
        card.setPrefWidth(140);
        HBox.setHgrow(card, Priority.ALWAYS);
        return card;
    }

    private void show() {
        SizeScale scale = viewModel.scaleProperty().get();
        SliceInfo shown = viewModel.shownProperty().get();
        if (scale == null || shown == null) {
            return;
        }
        OptionalDouble predicted = viewModel.tokensPerSecond(shown);
        speedCard.setVisible(predicted.isPresent());
        predicted.ifPresent(
                rate -> speed.setText(String.format(Locale.ROOT, rate < 10 ? "%.1f tokens/s" : "%.0f tokens/s", rate)));
        keysAndValues.setText(
                switch (viewModel.kvFate(shown)) {
                    case NONE_YET -> "empty";
                    case EXACT -> "stays exact";
                    case APPROXIMATE -> "approximate";
                    case COMPUTED_AGAIN -> "recomputed";
                });
        bytes.setText(Figures.bytes(shown.deviceBytes()) + " of "
                + Figures.bytes(scale.largest().deviceBytes()));
        share.setProgress((double) shown.deviceBytes() / scale.largest().deviceBytes());
    }
}
