package dev.matryoshka.ui.models;

import dev.matryoshka.engine.ModelDetails;
import dev.matryoshka.engine.backend.MemoryLedger;
import dev.matryoshka.ui.models.ModelEntry.Origin;
import dev.matryoshka.ui.size.Figures;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;

/** One model: what it is, what it takes, whether it fits, and what can be done with it. */
final class ModelCard extends VBox {
    private final ModelsViewModel viewModel;
    private final ModelsViewModel.Row row;
    private final ModelEntry entry;
    private final HBox actions = new HBox(8);
    private final Label what = soft();
    private final Label held = soft();
    private final Label files = soft();
    private final Label state = soft();

    ModelCard(ModelsViewModel viewModel, ModelsViewModel.Row row) {
        super(4);
        this.viewModel = viewModel;
        this.row = row;
        entry = row.entry();
        Label name = new Label(entry.name());
        name.getStyleClass().add("strong");
        name.setMaxWidth(Double.MAX_VALUE);
        HBox.setHgrow(name, Priority.ALWAYS);
        actions.setAlignment(Pos.CENTER_RIGHT);
        actions.setMinWidth(USE_PREF_SIZE);
        HBox head = new HBox(8, name, actions);
        head.setAlignment(Pos.CENTER_LEFT);
        getStyleClass().add("card");
        getChildren().addAll(head, what, held, files, state);
        for (Label line : List.of(what, held, files, state)) {
            line.managedProperty().bind(line.textProperty().isNotEmpty());
        }
        files.setText(files());
        Tooltip.install(files, new Tooltip(entry.place().toString()));
        row.detailsProperty().addListener(property -> show());
        row.problemProperty().addListener(property -> show());
        show();
        act(false);
    }

    private static Label soft() {
        Label label = new Label();
        label.getStyleClass().add("soft");
        label.setWrapText(true);
        return label;
    }

    private String files() {
        List<String> parts = new ArrayList<>();
        if (entry.diskBytes() > 0) {
            parts.add(Figures.bytes(entry.diskBytes()) + " on disk");
        }
        if (entry.origin() != Origin.BEGUN) {
            parts.add(entry.licence().isEmpty() ? "its publisher names no licence" : "licence " + entry.licence());
        }
        return String.join(" · ", parts);
    }

    private void show() {
        ModelDetails details = row.detailsProperty().get();
        String problem = row.problemProperty().get();
        if (details != null) {
            what.setText(what(details));
            held.setText(held(details));
        }
        state.setText(problem != null ? problem : details != null ? "Fits on this machine" : "Looking at it…");
        state.getStyleClass().setAll("label", "soft", problem != null ? "bad" : details != null ? "good" : "waiting");
    }

    private static String what(ModelDetails details) {
        String types = details.types().entrySet().stream()
                .limit(3)
                .map(type -> type.getKey().toString())
                .collect(Collectors.joining(", "));
        List<String> inputs = new ArrayList<>(List.of("text"));
        if (details.pictures()) {
            inputs.add("pictures");
        }
        if (details.sounds()) {
            inputs.add("sounds");
        }
        return Figures.parameters(details.parameters()) + " parameters, "
                + Figures.parameters(details.effectiveParameters()) + " effective · " + types + " · "
                + String.join(", ", inputs) + " · "
                + String.format(Locale.ROOT, "up to %,d tokens", details.contextLength());
    }

    private static String held(ModelDetails details) {
        String parts = details.deviceBytes().entrySet().stream()
                .map(part -> (part.getKey().equals(MemoryLedger.KV) ? "K/V" : part.getKey()) + " "
                        + Figures.bytes(part.getValue()))
                .collect(Collectors.joining(", "));
        String towers = details.towerBytes() == 0
                ? ""
                : ", with pictures and sounds " + Figures.bytes(details.towerBytes()) + " more";
        String rows = details.mappedBytes() == 0
                ? ""
                : "\nPer-layer rows on the CPU: " + Figures.bytes(details.mappedBytes()) + ", mapped from the file";
        return details.device() + ": " + parts + towers + rows;
    }

    /** What can be done with it; before files are deleted it is asked. */
    private void act(boolean sure) {
        if (sure) {
            Label question = new Label(
                    entry.origin() == Origin.ADDED
                            ? "Forget " + entry.place().getFileName() + "? Its files stay."
                            : "Delete " + Figures.bytes(entry.diskBytes()) + "?");
            Button yes = button(entry.origin() == Origin.ADDED ? "Forget" : "Delete", "yes", "Delete " + entry.name());
            yes.setOnAction(e -> viewModel.remove(entry));
            Button no = button("Keep", "no", "Keep " + entry.name());
            no.setOnAction(e -> act(false));
            actions.getChildren().setAll(question, yes, no);
            no.requestFocus();
            return;
        }
        List<Node> possible = new ArrayList<>();
        if (entry.id().equals(viewModel.choiceProperty().get().model())) {
            Label inUse = new Label();
            inUse.getStyleClass().add("badge");
            inUse.textProperty().bind(viewModel.loadingProperty().map(loads -> loads ? "Loading…" : "In use"));
            possible.add(inUse);
        } else {
            if (entry.origin() == Origin.BEGUN) {
                Button goOn = button("Go on", "go-on", "Go on fetching " + entry.name());
                goOn.setOnAction(e -> viewModel.fetch(entry.id()));
                possible.add(goOn);
            } else if (entry.problem() == null) {
                Button use = button("Use", "use", "Use " + entry.name());
                use.disableProperty().bind(viewModel.loadingProperty());
                use.setOnAction(e -> viewModel.use(entry));
                possible.add(use);
            }
            if (entry.origin() != Origin.EMBEDDED) {
                Button remove = button("Remove…", "remove", "Remove " + entry.name());
                remove.setOnAction(e -> act(true));
                possible.add(remove);
            }
        }
        actions.getChildren().setAll(possible);
    }

    private static Button button(String text, String style, String spoken) {
        Button button = new Button(text);
        button.getStyleClass().addAll("plain-button", style);
        button.setAccessibleText(spoken);
        return button;
    }
}
