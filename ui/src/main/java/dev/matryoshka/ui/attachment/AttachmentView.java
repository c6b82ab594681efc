package dev.matryoshka.ui.attachment;

import dev.matryoshka.engine.ModelInfo;
import java.util.Locale;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ProgressIndicator;
import javafx.scene.control.Tooltip;
import javafx.scene.image.ImageView;
import javafx.scene.layout.HBox;
import javafx.scene.layout.VBox;
import javafx.scene.shape.Rectangle;
import org.jspecify.annotations.Nullable;
import org.kordamp.ikonli.javafx.FontIcon;

/** How an attachment looks: a chip in the composer, a card in the thread. */
public final class AttachmentView {
    private static final double CHIP = 30;
    private static final double CARD = 96;

    private AttachmentView() {}

    /** In the composer: small, with its cost and a way to remove it. */
    public static Node chip(Attachment attachment, @Nullable ModelInfo model, Runnable remove) {
        Label name = new Label(attachment.name());
        name.getStyleClass().add("chip-name");
        Label detail = new Label(detail(attachment, model));
        detail.getStyleClass().add("chip-detail");
        Button close = new Button("", new FontIcon("fth-x"));
        close.getStyleClass().addAll("icon-button", "small");
        close.setAccessibleText("Remove " + attachment.name());
        close.setTooltip(new Tooltip("Remove"));
        close.setOnAction(e -> remove.run());
        HBox chip = new HBox(8, preview(attachment, CHIP), new VBox(name, detail), close);
        chip.getStyleClass().add("chip");
        if (attachment instanceof Attachment.Failed failed) {
            chip.getStyleClass().add("failed");
            detail.setWrapText(true);
            detail.setText(failed.error().remedy());
            name.setText(failed.error().problem());
        }
        return chip;
    }

    /** In the thread, above the words. */
    public static Node card(Attachment.Ready attachment) {
        Node content = switch (attachment) {
            case Attachment.Picture picture -> preview(picture, CARD);
            case Attachment.Sound sound -> {
                Label length = new Label(length(sound));
                length.getStyleClass().add("chip-detail");
                VBox box = new VBox(6, new Waveform(sound.samples(), 36), length);
                box.getStyleClass().add("sound-card");
                yield box;
            }
        };
        content.setAccessibleText(attachment.name());
        return content;
    }

    private static Node preview(Attachment attachment, double side) {
        return switch (attachment) {
            case Attachment.Loading loading -> {
                ProgressIndicator busy = new ProgressIndicator();
                busy.setPrefSize(side, side);
                busy.setAccessibleText("Reading " + loading.name());
                yield busy;
            }
            case Attachment.Picture picture -> {
                ImageView view = new ImageView(Pictures.thumbnail(picture.image(), (int) (2 * side)));
                view.setPreserveRatio(true);
                view.setFitHeight(side);
                view.setFitWidth(2 * side);
                view.setSmooth(true);
                Rectangle clip = new Rectangle(
                        view.getLayoutBounds().getWidth(),
                        view.getLayoutBounds().getHeight());
                clip.setArcWidth(side / 4 + 4);
                clip.setArcHeight(side / 4 + 4);
                view.setClip(clip);
                yield view;
            }
            case Attachment.Sound sound -> new Waveform(sound.samples(), side * 0.8);
            case Attachment.Failed failed -> {
                FontIcon icon = new FontIcon("fth-alert-circle");
                icon.getStyleClass().add("warning-icon");
                yield icon;
            }
        };
    }

    private static String detail(Attachment attachment, @Nullable ModelInfo model) {
        int picture = model == null ? 0 : model.imageTokens();
        int sound = model == null ? 0 : model.audioTokens();
        return switch (attachment) {
            case Attachment.Loading loading -> "reading…";
            case Attachment.Picture shown -> picture + " tokens";
            case Attachment.Sound heard -> length(heard) + " · " + sound + " tokens";
            case Attachment.Failed failed -> "";
        };
    }

    private static String length(Attachment.Sound sound) {
        return String.format(Locale.ROOT, "%.1f s", sound.seconds());
    }
}
