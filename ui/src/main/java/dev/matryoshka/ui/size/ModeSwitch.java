package dev.matryoshka.ui.size;

import dev.matryoshka.engine.Elastic;
import dev.matryoshka.ui.size.SizeViewModel.Mode;
import java.util.Locale;
import javafx.geometry.Pos;
import javafx.scene.control.CheckBox;
import javafx.scene.control.Label;
import javafx.scene.control.Spinner;
import javafx.scene.control.ToggleButton;
import javafx.scene.control.ToggleGroup;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;
import javafx.util.StringConverter;
import org.jspecify.annotations.Nullable;

/** Fixed, Elastic or By hand; and the speed that Elastic keeps. */
final class ModeSwitch extends VBox {
    private static final double SLOWEST = 0.5;
    private static final double FASTEST = 1000;

    private final SizeViewModel viewModel;
    private final ToggleGroup group = new ToggleGroup();
    private final Spinner<Double> speed;
    private final CheckBox exact = new CheckBox("K/V stays exact");
    private final CheckBox sparing = new CheckBox("only on battery or beside busy programs");

    ModeSwitch(SizeViewModel viewModel) {
        super(8);
        this.viewModel = viewModel;
        HBox modes = new HBox(
                mode(Mode.FIXED, "Fixed", "The size that the slider says"),
                mode(
                        Mode.ELASTIC,
                        "Elastic",
                        "Up to the size that the slider says, smaller where answers get too slow"),
                mode(Mode.BY_HAND, "By hand", "The width of each layer"));
        modes.getStyleClass().add("segments");
        speed = new Spinner<>(SLOWEST, FASTEST, SizeViewModel.TOKENS_PER_SECOND, 1);
        speed.setId("target");
        speed.setEditable(true);
        speed.getValueFactory().setConverter(new SpeedConverter());
        speed.setPrefWidth(84);
        speed.setAccessibleText("Tokens per second to keep");
        speed.getEditor().setAccessibleText("Tokens per second to keep");
        speed.valueProperty().addListener(property -> keep());
        speed.focusedProperty().addListener(property -> speed.commitValue());
        exact.setTooltip(new Tooltip("Narrow only what leaves keys and values exact: there is less to give up"));
        exact.selectedProperty().addListener(property -> keep());
        sparing.setId("sparing");
        sparing.setTooltip(
                new Tooltip("Smallest on battery and while other programs use the processors, whatever the speed"));
        sparing.selectedProperty().addListener(property -> keep());
        sparing.setVisible(Elastic.Sparing.possible());
        sparing.setManaged(sparing.isVisible());
        speed.disableProperty().bind(sparing.selectedProperty());
        HBox line = new HBox(8, speed, new Label("tokens/s"), exact);
        line.setAlignment(Pos.CENTER_LEFT);
        VBox keeps = new VBox(8, line, sparing);
        keeps.getStyleClass().add("keeps");
        keeps.visibleProperty().bind(viewModel.modeProperty().isEqualTo(Mode.ELASTIC));
        keeps.managedProperty().bind(keeps.visibleProperty());
        getChildren().addAll(modes, keeps);
    }

    private ToggleButton mode(Mode mode, String text, String tip) {
        ToggleButton button = new ToggleButton(text);
        button.setId("mode-" + mode.name().toLowerCase(Locale.ROOT));
        button.setToggleGroup(group);
        button.setTooltip(new Tooltip(tip));
        button.setMaxWidth(Double.MAX_VALUE);
        button.setPrefWidth(100);
        HBox.setHgrow(button, Priority.ALWAYS);
        button.setSelected(viewModel.modeProperty().get() == mode);
        viewModel.modeProperty().addListener((property, before, now) -> button.setSelected(now == mode));
        button.setOnAction(e -> {
            button.setSelected(true); // one of them always is
            viewModel.modeProperty().set(mode);
        });
        return button;
    }

    /** Numbers as people write them; what is none leaves the speed as it was. */
    private final class SpeedConverter extends StringConverter<Double> {
        @Override
        public String toString(@Nullable Double value) {
            return value == null ? "" : String.format(Locale.ROOT, value == Math.rint(value) ? "%.0f" : "%.1f", value);
        }

        @Override
        public Double fromString(String text) {
            try {
                double value = Double.parseDouble(text.strip().replace(',', '.'));
                return Double.isNaN(value) ? speed.getValue() : (Double) Math.clamp(value, SLOWEST, FASTEST);
            } catch (NumberFormatException e) {
                return speed.getValue();
            }
        }
    }

    private void keep() {
        viewModel
                .targetProperty()
                .set(
                        sparing.isSelected()
                                ? new Elastic.Sparing(exact.isSelected())
                                : new Elastic.Speed(speed.getValue(), exact.isSelected()));
    }
}
