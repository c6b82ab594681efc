package dev.matryoshka.ui.lab;

import dev.matryoshka.engine.error.MatryoshkaException;
import dev.matryoshka.ui.lab.LabViewModel.Cost;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import javafx.geometry.Pos;
import javafx.geometry.VPos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ProgressBar;
import javafx.scene.control.ToggleButton;
import javafx.scene.control.ToggleGroup;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;
import javafx.stage.FileChooser;
import org.jspecify.annotations.Nullable;

/** The page of the Lab. */
public final class LabView extends VBox {
    private final LabViewModel viewModel;
    private final LabPlot plot;
    private final ToggleGroup group = new ToggleGroup();

    public LabView(LabViewModel viewModel) {
        super(12);
        this.viewModel = viewModel;
        plot = new LabPlot(viewModel);
        getStyleClass().add("lab");
        Label intro = new Label(
                "Every size answers the same questions, between the answers of your chat. Click a point to use its"
                        + " size; the line joins those that none of their size beats.");
        intro.setWrapText(true);
        intro.getStyleClass().add("soft");
        Label problem = new Label();
        problem.setId("lab-problem");
        problem.getStyleClass().add("size-problem");
        problem.setWrapText(true);
        problem.textProperty()
                .bind(viewModel
                        .problemProperty()
                        .map(MatryoshkaException::getMessage)
                        .orElse(""));
        problem.managedProperty().bind(viewModel.problemProperty().isNotNull());
        Node costs = costs();
        for (Node shown : List.of(costs, plot)) {
            shown.visibleProperty()
                    .bind(viewModel
                            .reportProperty()
                            .map(report -> !report.rows().isEmpty()));
            shown.managedProperty().bind(shown.visibleProperty());
        }
        getChildren()
                .addAll(
                        intro,
                        questions(),
                        running(),
                        problem,
                        costs,
                        plot,
                        new LabTable(viewModel),
                        new GoalPane(viewModel),
                        exports());
    }

    private Node questions() {
        Label file = new Label();
        file.setId("lab-questions");
        file.setWrapText(true);
        file.textProperty()
                .bind(viewModel
                        .questionsProperty()
                        .map(path -> "Questions: " + path.getFileName())
                        .orElse("Choose a file of questions: JSON lines with prompt and answer, or text"));
        HBox.setHgrow(file, Priority.ALWAYS);
        file.setMaxWidth(Double.MAX_VALUE);
        Button other = plain("lab-choose", "Choose a file…", this::chooseQuestions);
        other.disableProperty().bind(viewModel.stateProperty().isNotNull());
        HBox line = new HBox(8, file, other);
        line.setAlignment(Pos.CENTER_LEFT);
        return line;
    }

    private Node running() {
        Button run = plain("lab-run", "Ask every size", () -> viewModel.run(false));
        run.disableProperty().bind(viewModel.readyProperty().not());
        Button again = plain("lab-again", "Forget, and ask again", () -> viewModel.run(true));
        again.disableProperty().bind(run.disableProperty());
        HBox begin = new HBox(8, run, again);
        only(begin, false);
        ProgressBar bar = new ProgressBar();
        bar.setMaxWidth(Double.MAX_VALUE);
        bar.setAccessibleText("How many questions are answered");
        bar.progressProperty()
                .bind(viewModel.stateProperty().map(LabViewModel.State::share).orElse(0.0));
        HBox.setHgrow(bar, Priority.ALWAYS);
        Label words = new Label();
        words.setId("lab-words");
        words.getStyleClass().add("soft");
        words.textProperty()
                .bind(viewModel.stateProperty().map(LabViewModel.State::words).orElse(""));
        Button stop = plain("lab-stop", "Stop", viewModel::stop);
        HBox under = new HBox(8, bar, words, stop);
        under.setAlignment(Pos.CENTER_LEFT);
        only(under, true);
        return new VBox(begin, under);
    }

    /** There only while something is done, or while nothing is. */
    private void only(Node node, boolean busy) {
        node.visibleProperty().bind(viewModel.stateProperty().map(state -> busy).orElse(!busy));
        node.managedProperty().bind(node.visibleProperty());
    }

    private Node costs() {
        HBox costs = new HBox(
                cost(Cost.PARAMETERS, "Parameters"), cost(Cost.BYTES, "Device memory"), cost(Cost.SPEED, "Speed"));
        costs.getStyleClass().add("segments");
        costs.setMaxWidth(USE_PREF_SIZE);
        return costs;
    }

    private ToggleButton cost(Cost cost, String text) {
        ToggleButton button = new ToggleButton(text);
        button.setId("lab-" + cost.name().toLowerCase(Locale.ROOT));
        button.setAccessibleText("Quality against " + text.toLowerCase(Locale.ROOT));
        button.setToggleGroup(group);
        button.setSelected(viewModel.costProperty().get() == cost);
        button.setOnAction(e -> {
            button.setSelected(true); // one of them always is
            viewModel.costProperty().set(cost);
        });
        return button;
    }

    private Node exports() {
        Button table = plain(
                "lab-csv", "Save the table (CSV)…", () -> save("Save the table", "lab.csv", viewModel::writeTable));
        Button picture =
                plain("lab-png", "Save the plot (PNG)…", () -> save("Save the plot", "lab.png", this::writePlot));
        FlowPane line = new FlowPane(8, 8, table, picture);
        line.setRowValignment(VPos.CENTER);
        line.disableProperty()
                .bind(viewModel.reportProperty().map(report -> report.rows().isEmpty()));
        return line;
    }

    /** Writes the plot as a picture. */
    public void writePlot(Path file) {
        viewModel.write(file, plot.png());
    }

    private static Button plain(String id, String text, Runnable action) {
        Button button = new Button(text);
        button.setId(id);
        button.getStyleClass().add("plain-button");
        button.setMinWidth(USE_PREF_SIZE);
        button.setOnAction(e -> action.run());
        return button;
    }

    private void chooseQuestions() {
        FileChooser chooser = new FileChooser();
        chooser.setTitle("Choose questions");
        chooser.getExtensionFilters()
                .addAll(List.of(
                        new FileChooser.ExtensionFilter("JSON lines", "*.jsonl", "*.json"),
                        new FileChooser.ExtensionFilter("All files", "*")));
        File file = chooser.showOpenDialog(getScene().getWindow());
        if (file != null) {
            viewModel.ask(file.toPath());
        }
    }

    private void save(String title, String name, Consumer<Path> write) {
        FileChooser chooser = new FileChooser();
        chooser.setTitle(title);
        chooser.setInitialFileName(name);
        @Nullable File file = chooser.showSaveDialog(getScene().getWindow());
        if (file != null) {
            write.accept(file.toPath());
        }
    }
}
