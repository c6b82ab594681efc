package dev.matryoshka.ui.size;

import dev.matryoshka.engine.SliceInfo;
import dev.matryoshka.ui.theme.NestedDoll;
import java.util.Locale;
import javafx.beans.InvalidationListener;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import org.kordamp.ikonli.javafx.FontIcon;

/** The right column: the doll, the slider, what a size means before it is used, and who chooses it. */
public final class SizePanel extends ScrollPane {
    public static final double WIDTH = 316;
    private static final double DOLL = 130;

    private final SizeViewModel viewModel;
    private final NestedDoll doll = new NestedDoll(DOLL);
    private final Label number = new Label();
    private final Label unit = new Label();
    private final Label name = new Label();
    private final Label score = new Label();
    private final Label problem = new Label();

    /**
     * @param lab opens the Lab
     * @param close what its close button does
     */
    public SizePanel(SizeViewModel viewModel, MemoryViewModel memory, Runnable lab, Runnable close) {
        this.viewModel = viewModel;
        Settling settling = new Settling(viewModel);
        problem.setWrapText(true);
        problem.getStyleClass().add("size-problem");
        problem.visibleProperty().bind(viewModel.problemProperty().isNotNull());
        problem.managedProperty().bind(problem.visibleProperty());
        problem.textProperty()
                .bind(viewModel.problemProperty().map(e -> e.getMessage()).orElse(""));
        VBox choice = new VBox(
                12,
                head(),
                new SizeSlider(viewModel, settling),
                new ModeSwitch(viewModel),
                new SizeFigures(viewModel),
                new KvChoice(viewModel),
                layers(settling),
                new SaveChoice(viewModel),
                problem);
        choice.disableProperty().bind(viewModel.scaleProperty().isNull().or(viewModel.comparingProperty()));
        VBox content = new VBox(
                12,
                title(close),
                choice,
                toLab(lab),
                new CompareChoice(viewModel),
                new DraftChoice(viewModel),
                new MemoryCards(viewModel, memory));
        content.getStyleClass().add("size-content");
        setContent(content);
        setId("size-panel");
        getStyleClass().add("size-panel");
        setFitToWidth(true);
        setHbarPolicy(ScrollBarPolicy.NEVER);
        setPrefWidth(WIDTH);
        setFocusTraversable(false);
        InvalidationListener refresh = property -> show();
        viewModel.scaleProperty().addListener(refresh);
        viewModel.shownProperty().addListener(refresh);
        show();
    }

    private static Node title(Runnable close) {
        Label title = new Label("Size");
        title.getStyleClass().add("title");
        Label method = new Label("Mix-n-Match");
        method.getStyleClass().add("soft");
        Region gap = new Region();
        HBox.setHgrow(gap, Priority.ALWAYS);
        Button button = new Button("", new FontIcon("fth-x"));
        button.getStyleClass().addAll("icon-button", "small");
        button.setId("close-size");
        button.setAccessibleText("Close the size panel");
        button.setTooltip(new Tooltip("Close (Ctrl+L)"));
        button.setOnAction(e -> close.run());
        HBox bar = new HBox(8, title, gap, method, button);
        bar.setAlignment(Pos.CENTER_LEFT);
        return bar;
    }

    private static Node toLab(Runnable lab) {
        Button button = new Button("Lab: what the sizes are worth…");
        button.setId("open-lab");
        button.getStyleClass().add("plain-button");
        button.setMaxWidth(Double.MAX_VALUE);
        button.setTooltip(new Tooltip("Ask every size the same questions (Ctrl+Shift+L)"));
        button.setOnAction(e -> lab.run());
        return button;
    }

    private Node head() {
        number.setId("size-number");
        number.getStyleClass().add("size-number");
        unit.getStyleClass().add("soft");
        HBox count = new HBox(5, number, unit);
        count.setAlignment(Pos.BASELINE_LEFT);
        name.setId("size-name");
        name.getStyleClass().add("soft");
        score.setId("size-score");
        score.getStyleClass().add("soft");
        VBox words = new VBox(2, count, name, score);
        words.setAlignment(Pos.CENTER_LEFT);
        HBox head = new HBox(16, doll, words);
        head.setAlignment(Pos.CENTER_LEFT);
        return head;
    }

    private Node layers(Settling settling) {
        LayerBars bars = new LayerBars(viewModel, settling);
        Label title = new Label();
        title.getStyleClass().add("card-title");
        title.textProperty()
                .bind(viewModel
                        .scaleProperty()
                        .map(scale ->
                                "LAYERS 0–" + (scale.config().numHiddenLayers() - 1) + " · drag to change a width"));
        viewModel.modeProperty().addListener((property, before, now) -> {
            if (now == SizeViewModel.Mode.BY_HAND) {
                bars.takeFocus();
            }
        });
        return new VBox(6, title, bars);
    }

    private void show() {
        SizeScale scale = viewModel.scaleProperty().get();
        SliceInfo shown = viewModel.shownProperty().get();
        if (scale == null || shown == null) {
            return;
        }
        doll.show(scale.share(shown));
        doll.setAccessibleText(SizeSlider.describe(shown));
        String count = Figures.parameters(shown.effectiveParameters());
        number.setText(count.substring(0, count.indexOf(' ')));
        unit.setText(count.substring(count.indexOf(' ') + 1) + " effective");
        name.setText(name(shown));
        score.setText(score(shown, scale.largest()));
    }

    private String name(SliceInfo info) {
        String called = info.slice().name();
        return switch (info.origin()) {
            case PUBLISHED -> called + ", published";
            case SAVED -> called + ", saved";
            case BUILT_IN -> called;
            case CUSTOM -> custom(info, called);
        };
    }

    private String custom(SliceInfo info, String called) {
        if (called.startsWith(SizeViewModel.BY_HAND)) {
            return "by hand";
        }
        if (!called.equals(Figures.parameters(info.effectiveParameters()))) {
            return called; // from the Lab
        }
        return info.equals(viewModel.previewProperty().get()) ? "between two ticks" : "elastic";
    }

    private static String score(SliceInfo info, SliceInfo largest) {
        if (info.mmlu() != null) {
            String whole = largest.mmlu() == null || info.equals(largest)
                    ? ""
                    : String.format(Locale.ROOT, " (whole: %.1f)", largest.mmlu());
            return String.format(Locale.ROOT, "MMLU %.1f%s", info.mmlu(), whole);
        }
        return largest.mmlu() == null ? "" : "no published MMLU";
    }
}
