package dev.matryoshka.ui.size;

import dev.matryoshka.engine.SliceInfo;
import dev.matryoshka.engine.config.SliceCatalog.Origin;
import javafx.beans.binding.Bindings;
import javafx.scene.control.Button;
import javafx.scene.control.TextField;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;

/** Keeps a size that has no name yet under one. */
final class SaveChoice extends HBox {
    SaveChoice(SizeViewModel viewModel) {
        super(8);
        TextField name = new TextField();
        name.setId("slice-name");
        name.setPromptText("Name of this size");
        name.setAccessibleText("Name to save this size under");
        HBox.setHgrow(name, Priority.ALWAYS);
        Button save = new Button("Save");
        save.setId("save-slice");
        save.disableProperty()
                .bind(Bindings.createBooleanBinding(() -> name.getText().isBlank(), name.textProperty()));
        save.setOnAction(e -> viewModel.save(name.getText()));
        name.setOnAction(e -> save.fire());
        viewModel.scaleProperty().addListener(property -> name.clear());
        visibleProperty().bind(Bindings.createBooleanBinding(() -> unnamed(viewModel), viewModel.previewProperty()));
        managedProperty().bind(visibleProperty());
        getChildren().addAll(name, save);
    }

    private static boolean unnamed(SizeViewModel viewModel) {
        SliceInfo info = viewModel.previewProperty().get();
        return info != null && info.origin() == Origin.CUSTOM;
    }
}
