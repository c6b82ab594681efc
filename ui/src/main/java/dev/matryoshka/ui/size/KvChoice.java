package dev.matryoshka.ui.size;

import dev.matryoshka.engine.config.KvPolicy;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Label;
import javafx.scene.layout.VBox;
import javafx.util.StringConverter;
import org.jspecify.annotations.Nullable;

/** What becomes of keys and values that a change of size can't keep exact. */
final class KvChoice extends VBox {
    KvChoice(SizeViewModel viewModel) {
        super(6);
        Label title = new Label("WHERE K/V CAN'T STAY EXACT");
        title.getStyleClass().add("card-title");
        ComboBox<KvPolicy> policies = new ComboBox<>();
        policies.getItems().setAll(KvPolicy.BACKGROUND, KvPolicy.RECOMPUTE, KvPolicy.KEEP);
        policies.setConverter(new StringConverter<>() {
            @Override
            public String toString(@Nullable KvPolicy policy) {
                return policy == null ? "" : words(policy);
            }

            @Override
            public KvPolicy fromString(String text) {
                throw new UnsupportedOperationException("not editable");
            }
        });
        policies.setId("kv-policy");
        policies.setAccessibleText("Where keys and values can't stay exact");
        policies.setMaxWidth(Double.MAX_VALUE);
        policies.valueProperty().bindBidirectional(viewModel.kvPolicyProperty());
        getChildren().addAll(title, policies);
        visibleProperty().bind(viewModel.modeProperty().isNotEqualTo(SizeViewModel.Mode.ELASTIC));
        managedProperty().bind(visibleProperty());
    }

    private static String words(KvPolicy policy) {
        return switch (policy) {
            case BACKGROUND -> "compute again beside the answer";
            case RECOMPUTE -> "compute again, then go on";
            case KEEP -> "keep them, mark the answer";
        };
    }
}
