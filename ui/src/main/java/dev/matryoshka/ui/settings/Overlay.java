package dev.matryoshka.ui.settings;

import java.util.Locale;
import java.util.function.Supplier;
import javafx.geometry.Insets;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import org.kordamp.ikonli.javafx.FontIcon;

/** A page over the window, which Esc, its button or a click beside it closes. */
public final class Overlay extends StackPane {
    private static final double WIDTH = 520;
    private final Button close = new Button("", new FontIcon("fth-x"));
    private final ScrollPane scroll = new ScrollPane();
    private final Supplier<? extends Node> content;

    public Overlay(String id, String title, Node content) {
        this(id, title, WIDTH, () -> content);
        scroll.setContent(content);
    }

    /**
     * @param width of the page, where the window has it
     * @param content made when it is first opened
     */
    public Overlay(String id, String title, double width, Supplier<? extends Node> content) {
        this.content = content;
        setId(id);
        getStyleClass().add("overlay");
        setVisible(false);
        Label name = new Label(title);
        name.getStyleClass().add("title");
        Region gap = new Region();
        HBox.setHgrow(gap, Priority.ALWAYS);
        close.getStyleClass().addAll("icon-button", "small");
        close.setAccessibleText("Close " + title.toLowerCase(Locale.ROOT));
        close.setTooltip(new Tooltip("Close (Esc)"));
        close.setOnAction(e -> setVisible(false));
        HBox head = new HBox(8, name, gap, close);
        head.setAlignment(Pos.CENTER_LEFT);
        scroll.setFitToWidth(true);
        scroll.setHbarPolicy(ScrollPane.ScrollBarPolicy.NEVER);
        scroll.setFocusTraversable(false);
        VBox page = new VBox(12, head, scroll);
        page.getStyleClass().addAll("overlay-page", "size-content");
        page.setMaxSize(width, Region.USE_PREF_SIZE);
        setMargin(page, new Insets(24));
        getChildren().add(page);
        setOnMouseClicked(e -> setVisible(e.getTarget() != this));
    }

    /** Shows it and takes the keyboard. */
    public void open() {
        if (scroll.getContent() == null) {
            scroll.setContent(content.get());
        }
        setVisible(true);
        close.requestFocus();
    }
}
