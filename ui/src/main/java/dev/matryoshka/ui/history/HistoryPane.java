package dev.matryoshka.ui.history;

import java.time.LocalDate;
import java.time.ZoneId;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import javafx.beans.InvalidationListener;
import javafx.geometry.Pos;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ListView;
import javafx.scene.control.TextField;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import org.jspecify.annotations.Nullable;
import org.kordamp.ikonli.javafx.FontIcon;

/** Earlier chats: search, the list by day, and what was deleted last. */
public final class HistoryPane extends VBox {
    private final HistoryViewModel history;
    private final ListView<HistoryRow> list = new ListView<>();

    /** What the pane does with a chat. */
    public record Actions(
            Consumer<ChatSummary> open,
            BiConsumer<ChatSummary, String> rename,
            Consumer<ChatSummary> delete,
            Consumer<ChatSummary> export) {}

    public HistoryPane(HistoryViewModel history, Actions actions) {
        super(8);
        this.history = history;
        list.setId("chats");
        list.getStyleClass().add("chats");
        list.setAccessibleText("Earlier chats");
        list.setCellFactory(view -> new ChatCell(history, actions));
        list.setPlaceholder(new Label());
        list.addEventHandler(KeyEvent.KEY_PRESSED, e -> onKey(e, actions));
        VBox.setVgrow(list, Priority.ALWAYS);
        history.chats().addListener((InvalidationListener) chats -> show());
        history.currentProperty().addListener((property, before, now) -> select());
        show();
        getChildren().addAll(search(), list, undo(), problem());
    }

    private StackPane search() {
        TextField field = new TextField();
        field.setId("search");
        field.setPromptText("Search chats and files");
        field.setAccessibleText("Search chats and files");
        field.getStyleClass().add("search");
        field.textProperty().bindBidirectional(history.searchProperty());
        FontIcon icon = new FontIcon("fth-search");
        icon.setMouseTransparent(true);
        StackPane box = new StackPane(field, icon);
        StackPane.setAlignment(icon, Pos.CENTER_LEFT);
        icon.setTranslateX(12);
        return box;
    }

    private void onKey(KeyEvent e, Actions actions) {
        if (!(list.getSelectionModel().getSelectedItem() instanceof HistoryRow.Chat(ChatSummary chat))) {
            return;
        }
        switch (e.getCode()) {
            case ENTER -> actions.open().accept(chat);
            case DELETE -> actions.delete().accept(chat);
            default -> {
                return;
            }
        }
        e.consume();
    }

    private void show() {
        list.setEditable(true);
        list.getItems()
                .setAll(HistoryRow.of(history.chats(), LocalDate.now(ZoneId.systemDefault()), ZoneId.systemDefault()));
        select();
    }

    private void select() {
        list.getSelectionModel().clearSelection();
        for (HistoryRow row : list.getItems()) {
            if (row instanceof HistoryRow.Chat(ChatSummary chat)
                    && chat.id() == history.currentProperty().get()) {
                list.getSelectionModel().select(row);
            }
        }
    }

    private HBox undo() {
        Label text = new Label();
        HBox.setHgrow(text, Priority.ALWAYS);
        text.setMaxWidth(Double.MAX_VALUE);
        Button undo = new Button("Undo");
        undo.setId("undo");
        undo.setMinWidth(Region.USE_PREF_SIZE);
        undo.setOnAction(e -> history.undo());
        HBox bar = new HBox(8, text, undo);
        bar.setAlignment(Pos.CENTER_LEFT);
        bar.getStyleClass().add("undo-bar");
        text.textProperty().bind(history.deletedProperty().map(chat -> "Deleted “" + chat.title() + "”"));
        bar.visibleProperty().bind(history.deletedProperty().isNotNull());
        bar.managedProperty().bind(bar.visibleProperty());
        return bar;
    }

    private Label problem() {
        Label label = new Label();
        label.setId("history-problem");
        label.setWrapText(true);
        label.getStyleClass().add("status");
        label.textProperty().bind(history.problemProperty().map(HistoryPane::line));
        label.visibleProperty().bind(history.problemProperty().isNotNull());
        label.managedProperty().bind(label.visibleProperty());
        label.setMinHeight(Region.USE_PREF_SIZE);
        return label;
    }

    private static String line(@Nullable Exception e) {
        return e == null ? "" : String.valueOf(e.getMessage());
    }
}
