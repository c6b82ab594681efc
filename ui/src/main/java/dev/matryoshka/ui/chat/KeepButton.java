package dev.matryoshka.ui.chat;

import dev.matryoshka.ui.attachment.Attachment;
import javafx.collections.SetChangeListener;
import javafx.scene.control.ToggleButton;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.Region;
import org.kordamp.ikonli.javafx.FontIcon;

/** Keeps an attachment in the model's view when its turn leaves that. */
final class KeepButton extends ToggleButton {
    private static final String NAME = "Keep in the model's view when the chat outgrows its context";

    private final Attachment.Ready attachment;
    private final ChatViewModel viewModel;
    private final SetChangeListener<Attachment.Ready> change = now -> show();

    KeepButton(Attachment.Ready attachment, ChatViewModel viewModel) {
        super("", new FontIcon("fth-bookmark"));
        this.attachment = attachment;
        this.viewModel = viewModel;
        getStyleClass().setAll("button", "icon-button", "small", "keep");
        setMinWidth(Region.USE_PREF_SIZE);
        setTooltip(new Tooltip(NAME));
        setOnAction(e -> viewModel.keep(attachment, isSelected()));
        var kept = viewModel.kept();
        sceneProperty().addListener((property, before, now) -> {
            kept.removeListener(change);
            if (now != null) {
                kept.addListener(change);
                show();
            }
        });
    }

    private void show() {
        boolean kept = viewModel.kept().contains(attachment);
        setSelected(kept);
        setAccessibleText(NAME + ", " + attachment.name() + (kept ? ": kept" : ""));
    }
}
