package dev.matryoshka.ui.lab;

import dev.matryoshka.ui.lab.Labs.Goal;
import dev.matryoshka.ui.lab.Labs.Unit;
import java.util.OptionalDouble;
import javafx.beans.binding.Bindings;
import javafx.geometry.Pos;
import javafx.scene.control.Button;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Label;
import javafx.scene.control.TextField;
import javafx.scene.layout.FlowPane;
import javafx.util.StringConverter;
import org.jspecify.annotations.Nullable;

/** Asks for the best size within a budget. */
final class GoalPane extends FlowPane {
    private final TextField amount = new TextField();
    private final ComboBox<Unit> unit = new ComboBox<>();

    GoalPane(LabViewModel viewModel) {
        super(8, 8);
        setAlignment(Pos.CENTER_LEFT);
        amount.setId("lab-amount");
        amount.getStyleClass().add("field");
        amount.setPrefColumnCount(5);
        amount.setAccessibleText("Budget of the size to look for");
        unit.setId("lab-unit");
        unit.getItems().setAll(Unit.values());
        unit.setValue(Unit.MEGABYTES);
        unit.setAccessibleText("What the budget is of");
        unit.setConverter(new StringConverter<>() {
            @Override
            public String toString(@Nullable Unit value) {
                return value == Unit.TOKENS_PER_SECOND ? "tokens/s or more" : "MB on the device or less";
            }

            @Override
            public @Nullable Unit fromString(String text) {
                return null;
            }
        });
        Button find = new Button("Find");
        find.setId("lab-find");
        find.getStyleClass().add("plain-button");
        find.disableProperty()
                .bind(Bindings.createBooleanBinding(
                        () -> !viewModel.readyProperty().get()
                                || amount(amount.getText()).isEmpty(),
                        viewModel.readyProperty(),
                        amount.textProperty()));
        Runnable look =
                () -> amount(amount.getText()).ifPresent(each -> viewModel.find(new Goal(each, unit.getValue())));
        find.setOnAction(e -> look.run());
        amount.setOnAction(e -> look.run());
        getChildren().addAll(new Label("Best size for"), amount, unit, find);
    }

    /** A positive number, as people write them. */
    private static OptionalDouble amount(String text) {
        try {
            double value = Double.parseDouble(text.strip().replace(',', '.'));
            return value > 0 && Double.isFinite(value) ? OptionalDouble.of(value) : OptionalDouble.empty();
        } catch (NumberFormatException e) {
            return OptionalDouble.empty();
        }
    }
}
