package dev.matryoshka.ui.models;

import java.util.List;
import javafx.beans.binding.Bindings;
import javafx.beans.value.ObservableValue;
import javafx.geometry.Pos;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.PasswordField;
import javafx.scene.control.TextField;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;

/** Where a model is named and fetched. The one place of the window that connects to anything, and only when its button is pressed. */
final class FetchPane extends VBox {
    private static final String PROMISE =
            "Nothing connects to anything until you press Fetch; then huggingface.co (or HF_ENDPOINT)"
                    + " is asked for this model alone. For Google's models accept their licence there first and paste an access token of"
                    + " your account: it is sent there and kept nowhere.";

    private final ModelsViewModel viewModel;
    private final TextField id = new TextField();
    private final PasswordField token = new PasswordField();

    FetchPane(ModelsViewModel viewModel) {
        super(8);
        this.viewModel = viewModel;
        id.setId("fetch-id");
        id.setPromptText("google/gemma-3n-E2B-it");
        id.setAccessibleText("Model to fetch, as owner/name");
        token.setId("fetch-token");
        token.setPromptText("access token, where the model asks for one");
        token.setAccessibleText("Access token, where the model asks for one");
        Button start = new Button("Fetch");
        start.setId("fetch-start");
        start.getStyleClass().add("plain-button");
        start.setMinWidth(USE_PREF_SIZE);
        start.setOnAction(e -> start());
        id.setOnAction(e -> start());
        token.setOnAction(e -> start());
        token.textProperty().bindBidirectional(viewModel.tokenProperty());
        ObservableValue<Boolean> running =
                viewModel.fetchProperty().flatMap(Fetch::runningProperty).orElse(false);
        start.disableProperty()
                .bind(Bindings.createBooleanBinding(
                        () -> id.getText().isBlank() || running.getValue(), id.textProperty(), running));
        HBox.setHgrow(id, Priority.ALWAYS);
        for (TextField field : List.of(id, token)) {
            field.getStyleClass().add("field");
        }
        HBox line = new HBox(8, id, start);
        line.setAlignment(Pos.CENTER_LEFT);
        Label promise = new Label(PROMISE);
        promise.getStyleClass().add("soft");
        promise.setWrapText(true);
        getChildren().addAll(line, token, promise);
    }

    private void start() {
        viewModel.fetch(id.getText());
    }
}
