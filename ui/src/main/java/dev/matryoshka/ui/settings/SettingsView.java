package dev.matryoshka.ui.settings;

import dev.matryoshka.engine.GenerationConfig;
import dev.matryoshka.engine.error.MatryoshkaException;
import dev.matryoshka.ui.settings.Settings.Appearance;
import dev.matryoshka.ui.settings.Settings.Preset;
import java.util.Locale;
import java.util.function.DoubleFunction;
import java.util.function.ToDoubleFunction;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Control;
import javafx.scene.control.Label;
import javafx.scene.control.Spinner;
import javafx.scene.control.SpinnerValueFactory.DoubleSpinnerValueFactory;
import javafx.scene.control.TextArea;
import javafx.scene.control.TextField;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import javafx.util.StringConverter;
import org.jspecify.annotations.Nullable;

/** All settings on one page; each takes effect at once. */
public final class SettingsView extends VBox {
    private static final double FIELD = 190;
    private static final GenerationConfig SHOWN_BEFORE = Settings.DEFAULTS.own();

    private final SettingsViewModel viewModel;
    private final TextField seed = new TextField();
    private final TextArea system = new TextArea();

    public SettingsView(SettingsViewModel viewModel, Help help) {
        super(10);
        this.viewModel = viewModel;
        Label problem = new Label();
        problem.setId("settings-problem");
        problem.getStyleClass().add("size-problem");
        problem.setWrapText(true);
        problem.textProperty()
                .bind(viewModel
                        .problemProperty()
                        .map(MatryoshkaException::getMessage)
                        .orElse(""));
        problem.managedProperty().bind(viewModel.problemProperty().isNotNull());
        getChildren()
                .addAll(
                        problem,
                        title("ANSWERS"),
                        row("Sampling", choice("preset", Preset.values(), Settings::preset, Settings::withPreset)),
                        sampling(
                                "Temperature",
                                "temperature",
                                0,
                                5,
                                0.1,
                                c -> c.temperature(),
                                SettingsView::temperature),
                        sampling("Top-k (0: all)", "top-k", 0, 1000, 1, c -> c.topK(), SettingsView::topK),
                        sampling("Top-p", "top-p", 0.01, 1, 0.01, c -> c.topP(), SettingsView::topP),
                        sampling("Min-p", "min-p", 0, 1, 0.01, c -> c.minP(), SettingsView::minP),
                        sampling(
                                "Repetition penalty",
                                "penalty",
                                0.5,
                                2,
                                0.05,
                                c -> c.repetitionPenalty(),
                                SettingsView::penalty),
                        row("Seed (empty: any)", seed()),
                        row(
                                "Longest answer, in tokens",
                                number(
                                        "max-tokens",
                                        1,
                                        32_768,
                                        64,
                                        s -> s.maxTokens(),
                                        n -> s -> s.withMaxTokens((int) n))),
                        title("EVERY NEW CHAT BEGINS WITH"),
                        system(),
                        title("LOOKS"),
                        row(
                                "Colours",
                                choice(
                                        "appearance",
                                        Appearance.values(),
                                        Settings::appearance,
                                        Settings::withAppearance)),
                        row(
                                "Size of text",
                                number(
                                        "font-size",
                                        Settings.SMALLEST_FONT,
                                        Settings.LARGEST_FONT,
                                        1,
                                        s -> s.fontSize(),
                                        n -> s -> s.withFontSize((int) n))),
                        title("HELP"),
                        new HelpPane(help),
                        note("Nothing leaves this computer: questions, answers and settings stay on its disk."));
    }

    private static Label title(String text) {
        Label title = new Label(text);
        title.getStyleClass().add("card-title");
        return title;
    }

    private static Label note(String text) {
        Label note = new Label(text);
        note.getStyleClass().add("soft");
        note.setWrapText(true);
        return note;
    }

    private static Node row(String text, Control field) {
        Label label = new Label(text);
        label.setLabelFor(field);
        if (field instanceof Spinner<?> spinner) {
            spinner.getEditor().setAccessibleText(text);
        }
        field.setAccessibleText(text);
        field.setPrefWidth(FIELD);
        Region gap = new Region();
        HBox.setHgrow(gap, Priority.ALWAYS);
        HBox row = new HBox(8, label, gap, field);
        row.setAlignment(Pos.CENTER_LEFT);
        return row;
    }

    private interface Change<T> {
        Settings apply(Settings settings, T value);
    }

    private interface Part<T> {
        T of(Settings settings);
    }

    private <T> ComboBox<T> choice(String id, T[] all, Part<T> part, Change<T> change) {
        ComboBox<T> box = new ComboBox<>();
        box.setId(id);
        box.getItems().setAll(all);
        box.setValue(part.of(viewModel.settingsProperty().get()));
        box.valueProperty().addListener((property, before, now) -> viewModel.change(s -> change.apply(s, now)));
        viewModel.settingsProperty().addListener((property, before, now) -> box.setValue(part.of(now)));
        return box;
    }

    private interface Step {
        Settings apply(Settings settings);
    }

    /** A number; {@code part} reads it from the settings and {@code change} sets it. */
    private Spinner<Double> number(
            String id,
            double least,
            double most,
            double step,
            ToDoubleFunction<Settings> part,
            DoubleFunction<Step> change) {
        DoubleSpinnerValueFactory values = new DoubleSpinnerValueFactory(
                least, most, part.applyAsDouble(viewModel.settingsProperty().get()), step);
        Spinner<Double> spinner = new Spinner<>(values);
        values.setConverter(new Numbers(spinner, least, most));
        spinner.setId(id);
        spinner.setEditable(true);
        spinner.valueProperty().addListener((property, before, now) -> {
            if (Math.abs(now - part.applyAsDouble(viewModel.settingsProperty().get())) > 1e-6) {
                viewModel.change(s -> change.apply(now).apply(s));
            }
        });
        viewModel.settingsProperty().addListener((property, before, now) -> values.setValue(part.applyAsDouble(now)));
        spinner.focusedProperty().addListener(property -> spinner.commitValue());
        return spinner;
    }

    private interface Sampled {
        GenerationConfig with(GenerationConfig from, double value);
    }

    /** A number of the sampler: shows what the preset means, if that is known without a model; changing it makes the sampling the person's own. */
    private Node sampling(
            String text,
            String id,
            double least,
            double most,
            double step,
            ToDoubleFunction<GenerationConfig> part,
            Sampled change) {
        Spinner<Double> spinner = number(
                id,
                least,
                most,
                step,
                s -> part.applyAsDouble(s.generation(SHOWN_BEFORE)),
                n -> s -> s.withOwn(change.with(s.generation(SHOWN_BEFORE), n)));
        Node row = row(text, spinner);
        row.visibleProperty().bind(viewModel.settingsProperty().map(s -> s.preset() != Preset.MODEL));
        row.managedProperty().bind(row.visibleProperty());
        return row;
    }

    private static GenerationConfig temperature(GenerationConfig c, double value) {
        return new GenerationConfig(
                (float) value, c.topK(), c.topP(), c.minP(), c.repetitionPenalty(), c.seed(), c.maxTokens());
    }

    private static GenerationConfig topK(GenerationConfig c, double value) {
        return new GenerationConfig(
                c.temperature(), (int) value, c.topP(), c.minP(), c.repetitionPenalty(), c.seed(), c.maxTokens());
    }

    private static GenerationConfig topP(GenerationConfig c, double value) {
        return new GenerationConfig(
                c.temperature(), c.topK(), (float) value, c.minP(), c.repetitionPenalty(), c.seed(), c.maxTokens());
    }

    private static GenerationConfig minP(GenerationConfig c, double value) {
        return new GenerationConfig(
                c.temperature(), c.topK(), c.topP(), (float) value, c.repetitionPenalty(), c.seed(), c.maxTokens());
    }

    private static GenerationConfig penalty(GenerationConfig c, double value) {
        return new GenerationConfig(
                c.temperature(), c.topK(), c.topP(), c.minP(), (float) value, c.seed(), c.maxTokens());
    }

    private TextField seed() {
        seed.setId("seed");
        Long set = viewModel.settingsProperty().get().seed();
        seed.setText(set == null ? "" : set.toString());
        seed.textProperty().addListener((property, before, now) -> {
            if (!now.matches("\\d{0,15}")) {
                seed.setText(before);
            } else {
                viewModel.change(s -> s.withSeed(now.isEmpty() ? null : Long.valueOf(now)));
            }
        });
        return seed;
    }

    private TextArea system() {
        system.setId("system");
        system.setAccessibleText("Every new chat begins with");
        system.setPromptText("For example: answer briefly, in French");
        system.setWrapText(true);
        system.setPrefRowCount(2);
        system.setText(viewModel.settingsProperty().get().system());
        system.textProperty().addListener((property, before, now) -> viewModel.change(s -> s.withSystem(now)));
        return system;
    }

    /** Numbers as people write them; what is none leaves the field as it was. */
    private static final class Numbers extends StringConverter<Double> {
        private final Spinner<Double> spinner;
        private final double least;
        private final double most;

        Numbers(Spinner<Double> spinner, double least, double most) {
            this.spinner = spinner;
            this.least = least;
            this.most = most;
        }

        @Override
        public String toString(@Nullable Double value) {
            return value == null
                    ? ""
                    : value == Math.rint(value)
                            ? String.format(Locale.ROOT, "%.0f", value)
                            : String.format(Locale.ROOT, "%.2f", value);
        }

        @Override
        public Double fromString(String text) {
            try {
                double value = Double.parseDouble(text.strip().replace(',', '.'));
                return Double.isNaN(value) ? spinner.getValue() : (Double) Math.clamp(value, least, most);
            } catch (NumberFormatException e) {
                return spinner.getValue();
            }
        }
    }
}
