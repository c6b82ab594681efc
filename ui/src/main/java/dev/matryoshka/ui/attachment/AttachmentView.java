package dev.matryoshka.ui.attachment;

import dev.matryoshka.engine.ModelInfo;
import dev.matryoshka.engine.preprocess.RgbImage;
import java.util.Locale;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ProgressIndicator;
import javafx.scene.control.Tooltip;
import javafx.scene.image.ImageView;
import javafx.scene.input.KeyCode;
import javafx.scene.layout.HBox;
import javafx.scene.layout.VBox;
import javafx.scene.shape.Rectangle;
import org.jspecify.annotations.Nullable;
import org.kordamp.ikonli.javafx.FontIcon;

/** How an attachment looks: a chip in the composer, a card in the thread. */
public final class AttachmentView {
    private static final double CHIP = 30;
    private static final double CARD = 96;
    private static final double CHIP_WIDTH = 264; // at most, of a sound
    private static final double CARD_WIDTH = 392; // fits the smallest window
    private static final double CARD_HEIGHT = 36; // of a waveform

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
            case Attachment.Film film -> {
                Label length = new Label(length(film));
                length.getStyleClass().add("chip-detail");
                VBox box = new VBox(6, preview(film, CARD), length);
                if (film.video().sound().length > 0) {
                    box.getChildren()
                            .add(new SoundStrip(film.name(), film.video().sound(), film.parts(), CHIP, CARD_WIDTH));
                }
                yield box;
            }
            case Attachment.Sound sound -> {
                VBox box =
                        new VBox(new SoundStrip(sound.name(), sound.samples(), sound.parts(), CARD_HEIGHT, CARD_WIDTH));
                box.getStyleClass().add("sound-card");
                yield box;
            }
        };
        if (content.getAccessibleText() == null) {
            content.setAccessibleText(attachment.name());
        }
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
            case Attachment.Picture picture -> opening(ShownPicture.of(picture).getFirst(), side);
            case Attachment.Film film -> opening(ShownPicture.of(film).getFirst(), side);
            case Attachment.Sound sound ->
                new SoundStrip(sound.name(), sound.samples(), sound.parts(), side * 0.8, CHIP_WIDTH);
            case Attachment.Failed failed -> {
                FontIcon icon = new FontIcon("fth-alert-circle");
                icon.getStyleClass().add("warning-icon");
                yield icon;
            }
        };
    }

    /** Small, and a button that opens it large. */
    private static Button opening(ShownPicture picture, double side) {
        Button button = new Button("", thumbnail(picture.image(), side));
        button.getStyleClass().add("picture");
        button.setAccessibleText("Open " + picture.name() + " large");
        button.setTooltip(new Tooltip("Open " + picture.name() + " large"));
        button.setOnAction(e -> button.fireEvent(new OpenPicture(picture)));
        button.setOnKeyPressed(e -> {
            if (e.getCode() == KeyCode.ENTER) {
                button.fire();
                e.consume();
            }
        });
        return button;
    }

    private static ImageView thumbnail(RgbImage image, double side) {
        ImageView view = new ImageView(Pictures.thumbnail(image, (int) (2 * side)));
        view.setPreserveRatio(true);
        view.setFitHeight(side);
        view.setFitWidth(2 * side);
        view.setSmooth(true);
        Rectangle clip = new Rectangle(
                view.getLayoutBounds().getWidth(), view.getLayoutBounds().getHeight());
        clip.setArcWidth(side / 4 + 4);
        clip.setArcHeight(side / 4 + 4);
        view.setClip(clip);
        return view;
    }

    private static String detail(Attachment attachment, @Nullable ModelInfo model) {
        return switch (attachment) {
            case Attachment.Loading loading -> "reading…";
            case Attachment.Picture shown -> tokens(shown, model);
            case Attachment.Sound heard -> length(heard) + " · " + tokens(heard, model);
            case Attachment.Film film -> length(film) + " · " + tokens(film, model);
            case Attachment.Failed failed -> "";
        };
    }

    private static String tokens(Attachment.Ready attachment, @Nullable ModelInfo model) {
        return (model == null ? 0 : attachment.tokens(model)) + " tokens";
    }

    private static String length(Attachment.Sound sound) {
        int parts = sound.parts().size();
        String seconds = String.format(Locale.ROOT, "%.1f s", sound.seconds());
        return parts == 1 ? seconds : seconds + " in " + parts + " parts";
    }

    private static String length(Attachment.Film film) {
        return film.video().time() + " · " + film.video().frames().size() + " frames";
    }
}
