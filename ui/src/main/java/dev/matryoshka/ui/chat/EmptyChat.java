package dev.matryoshka.ui.chat;

import dev.matryoshka.engine.ModelInfo;
import dev.matryoshka.engine.error.MatryoshkaException;
import dev.matryoshka.ui.DemoNote;
import dev.matryoshka.ui.Sample;
import dev.matryoshka.ui.theme.Doll;
import java.util.List;
import java.util.Locale;
import javafx.geometry.Insets;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Hyperlink;
import javafx.scene.control.Label;
import javafx.scene.image.Image;
import javafx.scene.image.ImageView;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.VBox;
import javafx.scene.text.TextAlignment;
import org.kordamp.ikonli.javafx.FontIcon;

/** What a new chat shows: the doll, one sentence, things to try at one click, and what the model is. */
final class EmptyChat extends VBox {
    private static final double THUMBNAIL = 72;
    private static final double CARD = 148;

    private final ChatViewModel viewModel;
    private final DemoNote note;
    private final Runnable showModels;
    private final Label state = new Label();
    private final VBox demo = new VBox(4);
    private final FlowPane tries = new FlowPane(12, 12);

    /**
     * @param showModels opens the page of models
     */
    EmptyChat(ChatViewModel viewModel, List<Sample> samples, DemoNote note, Runnable showModels) {
        this.showModels = showModels;
        this.viewModel = viewModel;
        this.note = note;
        setAlignment(Pos.CENTER);
        setSpacing(14);
        setPadding(new Insets(20));
        Label welcome = new Label("Ask about a picture, a sound, a video");
        welcome.getStyleClass().add("welcome");
        state.getStyleClass().add("welcome-note");
        state.setWrapText(true);
        state.setTextAlignment(TextAlignment.CENTER);
        state.setMaxWidth(MessageCell.WIDTH);
        tries.setAlignment(Pos.CENTER);
        tries.setMaxWidth(MessageCell.WIDTH);
        samples.forEach(this::offer);
        demo.setAlignment(Pos.CENTER);
        demo.getStyleClass().add("demo");
        getChildren().addAll(new Doll(84), welcome, state, tries, demo);
        viewModel.modelProperty().addListener(property -> show());
        viewModel.loadErrorProperty().addListener(property -> show());
        show();
    }

    /** Something to try, where the model takes it. */
    private void offer(Sample sample) {
        Button button = button(sample);
        boolean sound = isSound(sample);
        button.visibleProperty()
                .bind(viewModel
                        .modelProperty()
                        .map(model -> (sound ? model.audioTokens() : model.imageTokens()) > 0)
                        .orElse(true));
        button.managedProperty().bind(button.visibleProperty());
        tries.getChildren().add(button);
    }

    private static boolean isSound(Sample sample) {
        return sample.file().toString().endsWith(".wav");
    }

    private void show() {
        ModelInfo model = viewModel.modelProperty().get();
        MatryoshkaException error = viewModel.loadErrorProperty().get();
        tries.setDisable(model == null);
        demo.getChildren().clear();
        if (error != null) {
            state.setText(error.getMessage());
            demo.getChildren().add(toModels("Choose another model"));
        } else if (model == null) {
            state.setText("Loading the model…");
        } else {
            state.setText(
                    model.imageTokens() + model.audioTokens() == 0
                            ? "This model reads text alone; others see and hear."
                            : "Drop one on the window, paste it, or try one of these.");
            if (model.id().equals(note.model())) {
                demo.getChildren().setAll(about(model), toModels("How to get Gemma 3n"));
            }
        }
    }

    private static Label about(ModelInfo model) {
        Label line = new Label(String.format(
                Locale.ROOT,
                "A demo model of %.1f million parameters. It knows simple drawings, spoken digits and small sums.",
                model.parameters() / 1e6));
        line.getStyleClass().add("demo");
        line.setWrapText(true);
        return line;
    }

    private Hyperlink toModels(String text) {
        Hyperlink more = new Hyperlink(text);
        more.setId("how");
        more.setOnAction(e -> showModels.run());
        return more;
    }

    private Button button(Sample sample) {
        Label question = new Label(sample.question());
        question.setWrapText(true);
        question.setTextAlignment(TextAlignment.CENTER);
        question.setMaxWidth(CARD - 24);
        VBox content = new VBox(8, picture(sample), question);
        content.setAlignment(Pos.CENTER);
        Button button = new Button("", content);
        button.getStyleClass().add("try");
        button.setPrefWidth(CARD);
        button.setPrefHeight(THUMBNAIL + 72);
        button.setAccessibleText("Try: " + sample.question());
        button.setOnAction(e -> viewModel.attempt(sample));
        return button;
    }

    private static Node picture(Sample sample) {
        if (isSound(sample)) {
            FontIcon icon = new FontIcon("fth-volume-2");
            icon.setIconSize(30);
            VBox box = new VBox(icon);
            box.setAlignment(Pos.CENTER);
            box.setMinHeight(THUMBNAIL);
            return box;
        }
        Image image = new Image(sample.file().toUri().toString(), 2 * THUMBNAIL, 2 * THUMBNAIL, true, true, true);
        ImageView view = new ImageView(image);
        view.setFitHeight(THUMBNAIL);
        view.setFitWidth(THUMBNAIL);
        view.setPreserveRatio(true);
        return view;
    }
}
