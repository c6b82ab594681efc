package dev.matryoshka.ui.markdown;

import javafx.geometry.Pos;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.Tooltip;
import javafx.scene.input.Clipboard;
import javafx.scene.input.ClipboardContent;
import javafx.scene.input.ScrollEvent;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import org.kordamp.ikonli.javafx.FontIcon;

/** Code with its language, a way to copy it, and no wrapping: long lines scroll. */
final class CodeBlock extends VBox {
    CodeBlock(String code, String language) {
        getStyleClass().add("code-block");
        Label name = new Label(language);
        name.getStyleClass().add("code-language");
        Region gap = new Region();
        HBox.setHgrow(gap, Priority.ALWAYS);
        Button copy = new Button("", new FontIcon("fth-copy"));
        copy.getStyleClass().addAll("icon-button", "small");
        copy.setAccessibleText("Copy the code");
        copy.setTooltip(new Tooltip("Copy the code"));
        copy.setOnAction(e -> {
            ClipboardContent content = new ClipboardContent();
            content.putString(code);
            Clipboard.getSystemClipboard().setContent(content);
        });
        HBox head = new HBox(name, gap, copy);
        head.setAlignment(Pos.CENTER_LEFT);
        SelectableText text = new SelectableText(CodeColours.of(code.stripTrailing(), language));
        getChildren().addAll(head, sideways(text));
    }

    /** Scrolls a wide thing sideways, and leaves the wheel to the thread. */
    private static ScrollPane sideways(Region wide) {
        ScrollPane pane = new ScrollPane(wide);
        pane.setVbarPolicy(ScrollPane.ScrollBarPolicy.NEVER);
        pane.getStyleClass().add("sideways");
        pane.setFocusTraversable(false);
        wide.setMinWidth(Region.USE_PREF_SIZE);
        pane.addEventFilter(ScrollEvent.SCROLL, e -> {
            if (e.getDeltaX() == 0 && !e.isShiftDown() && pane.getParent() != null) {
                pane.getParent().fireEvent(e.copyFor(e.getSource(), pane.getParent()));
                e.consume();
            }
        });
        return pane;
    }
}
