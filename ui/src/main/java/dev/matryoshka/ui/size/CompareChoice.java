package dev.matryoshka.ui.size;

import dev.matryoshka.engine.SliceInfo;
import javafx.geometry.Pos;
import javafx.scene.control.CheckBox;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;
import javafx.util.StringConverter;
import org.jspecify.annotations.Nullable;

/** Whether questions go to a second size too, and to which. */
final class CompareChoice extends VBox {
    private final SizeViewModel viewModel;
    private final CheckBox compare = new CheckBox("Compare with");
    private final ComboBox<SliceInfo> other = new ComboBox<>();

    CompareChoice(SizeViewModel viewModel) {
        this.viewModel = viewModel;
        compare.setId("compare");
        compare.setMinWidth(USE_PREF_SIZE);
        compare.setTooltip(
                new Tooltip("Asks each question twice; the chat goes on from the answer of the size in use"));
        other.setId("compare-with");
        other.setAccessibleText("The size to compare with");
        other.setMaxWidth(Double.MAX_VALUE);
        other.setConverter(new StringConverter<>() {
            @Override
            public String toString(@Nullable SliceInfo info) {
                return info == null ? "" : info.slice().name();
            }

            @Override
            public SliceInfo fromString(String text) {
                throw new UnsupportedOperationException("not editable");
            }
        });
        other.disableProperty().bind(compare.selectedProperty().not());
        HBox.setHgrow(other, Priority.ALWAYS);
        HBox row = new HBox(8, compare, other);
        row.setAlignment(Pos.CENTER_LEFT);
        getChildren().add(row);
        compare.selectedProperty().addListener(property -> choose());
        other.valueProperty().addListener(property -> choose());
        viewModel.scaleProperty().addListener(property -> fill());
        disableProperty().bind(viewModel.scaleProperty().isNull());
        fill();
    }

    private void fill() {
        SizeScale scale = viewModel.scaleProperty().get();
        if (scale != null) {
            other.getItems().setAll(scale.ticks());
            other.setValue(scale.smallest());
        }
    }

    private void choose() {
        viewModel.compareWithProperty().set(compare.isSelected() ? other.getValue() : null);
    }
}
