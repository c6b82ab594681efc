package dev.matryoshka.ui.models;

import dev.matryoshka.engine.error.MatryoshkaException;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import javafx.beans.InvalidationListener;
import javafx.geometry.VPos;
import javafx.scene.Node;
import javafx.scene.Parent;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.VBox;
import javafx.stage.DirectoryChooser;
import javafx.stage.FileChooser;

/** The page of models and devices. */
public final class ModelsView extends VBox {
    private final ModelsViewModel viewModel;
    private final VBox cards = new VBox(8);

    /**
     * @param memory shows what the model in use holds
     */
    public ModelsView(ModelsViewModel viewModel, Node memory) {
        super(12);
        this.viewModel = viewModel;
        getStyleClass().add("models");
        Label problem = new Label();
        problem.setId("models-problem");
        problem.getStyleClass().add("size-problem");
        problem.setWrapText(true);
        problem.textProperty()
                .bind(viewModel
                        .problemProperty()
                        .map(MatryoshkaException::getMessage)
                        .orElse(""));
        problem.managedProperty().bind(viewModel.problemProperty().isNotNull());
        cards.setId("models");
        getChildren()
                .addAll(
                        problem,
                        new FetchProgress(viewModel),
                        title("MODELS ON THIS MACHINE"),
                        cards,
                        adding(),
                        title("FETCH A MODEL"),
                        new FetchPane(viewModel),
                        title("DEVICE"),
                        new DevicesPane(viewModel),
                        title("MEMORY IN USE"),
                        memory);
        viewModel.rows().addListener((InvalidationListener) list -> show());
        viewModel.choiceProperty().addListener(property -> show());
        viewModel.fetchProperty().addListener(property -> toTop());
        show();
    }

    /** Where the progress is. */
    private void toTop() {
        for (Parent parent = getParent(); parent != null; parent = parent.getParent()) {
            if (parent instanceof ScrollPane scroll) {
                scroll.setVvalue(0);
            }
        }
    }

    /** Whether files that are dropped can only be meant as models. */
    public static boolean areModels(List<Path> files) {
        return !files.isEmpty() && files.stream().allMatch(ModelsView::isModel);
    }

    private static boolean isModel(Path file) {
        return file.toString().toLowerCase(Locale.ROOT).endsWith(".gguf")
                || file.resolve("config.json").toFile().exists();
    }

    private void show() {
        cards.getChildren()
                .setAll(viewModel.rows().stream()
                        .map(row -> new ModelCard(viewModel, row))
                        .toList());
    }

    private static Label title(String text) {
        Label title = new Label(text);
        title.getStyleClass().add("card-title");
        return title;
    }

    private Node adding() {
        Button file = new Button("Add a GGUF file…");
        file.setId("add-file");
        file.setOnAction(e -> pickFile());
        Button folder = new Button("Add a folder…");
        folder.setId("add-folder");
        folder.setOnAction(e -> pickFolder());
        for (Button button : List.of(file, folder)) {
            button.getStyleClass().add("plain-button");
        }
        Label drop = new Label("or drop them here");
        drop.getStyleClass().add("soft");
        FlowPane line = new FlowPane(8, 8, file, folder, drop);
        line.setRowValignment(VPos.CENTER);
        return line;
    }

    private void pickFile() {
        FileChooser chooser = new FileChooser();
        chooser.setTitle("Add a model");
        chooser.getExtensionFilters().add(new FileChooser.ExtensionFilter("GGUF", "*.gguf", "*.GGUF"));
        List<File> files = chooser.showOpenMultipleDialog(getScene().getWindow());
        if (files != null) {
            viewModel.add(files.stream().map(File::toPath).toList());
        }
    }

    private void pickFolder() {
        DirectoryChooser chooser = new DirectoryChooser();
        chooser.setTitle("Add a folder with models");
        File folder = chooser.showDialog(getScene().getWindow());
        if (folder != null) {
            viewModel.add(List.of(folder.toPath()));
        }
    }
}
