package dev.matryoshka.ui.history;

import java.util.Locale;
import javafx.geometry.Pos;
import javafx.geometry.Side;
import javafx.scene.control.Button;
import javafx.scene.control.ContentDisplay;
import javafx.scene.control.ContextMenu;
import javafx.scene.control.Label;
import javafx.scene.control.ListCell;
import javafx.scene.control.MenuItem;
import javafx.scene.control.TextField;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import javafx.scene.input.MouseButton;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import org.jspecify.annotations.Nullable;
import org.kordamp.ikonli.javafx.FontIcon;

/** A chat, or the heading of a day. A click opens the chat, F2 renames it in place; the rest is in its menu. */
final class ChatCell extends ListCell<HistoryRow> {
    private final HistoryViewModel history;
    private final HistoryPane.Actions actions;

    ChatCell(HistoryViewModel history, HistoryPane.Actions actions) {
        this.history = history;
        this.actions = actions;
        setContentDisplay(ContentDisplay.GRAPHIC_ONLY);
        setPrefWidth(0); // as wide as the list
        setOnMouseClicked(e -> {
            if (e.getButton() == MouseButton.PRIMARY
                    && !isEditing()
                    && getItem() instanceof HistoryRow.Chat(ChatSummary chat)) {
                actions.open().accept(chat);
            }
        });
    }

    @Override
    protected void updateItem(@Nullable HistoryRow row, boolean empty) {
        super.updateItem(row, empty);
        setContextMenu(null);
        setDisable(row instanceof HistoryRow.Heading);
        getStyleClass().remove("day");
        switch (row) {
            case null -> setGraphic(null);
            case HistoryRow.Heading(String text) -> {
                getStyleClass().add("day");
                setGraphic(new Label(text.toUpperCase(Locale.ENGLISH)));
            }
            case HistoryRow.Chat(ChatSummary chat) -> setGraphic(line(chat));
        }
    }

    private HBox line(ChatSummary chat) {
        Label title = new Label(chat.title());
        title.setMaxWidth(Double.MAX_VALUE);
        HBox.setHgrow(title, Priority.ALWAYS);
        ContextMenu menu = menu(chat);
        setContextMenu(menu);
        Button more = new Button("", new FontIcon("fth-more-horizontal"));
        more.getStyleClass().addAll("icon-button", "small");
        more.setAccessibleText("More for " + chat.title());
        more.setFocusTraversable(false); // the menu key opens the same
        more.visibleProperty().bind(hoverProperty().or(selectedProperty()));
        more.setOnAction(e -> menu.show(more, Side.BOTTOM, 0, 0));
        HBox line = new HBox(4, title, more);
        line.setAlignment(Pos.CENTER_LEFT);
        return line;
    }

    private ContextMenu menu(ChatSummary chat) {
        return new ContextMenu(
                item("Rename", () -> getListView().edit(getIndex())),
                item(chat.pinned() ? "Unpin" : "Pin", () -> history.pin(chat, !chat.pinned())),
                item("Export…", () -> actions.export().accept(chat)),
                item("Delete", () -> actions.delete().accept(chat)));
    }

    private static MenuItem item(String text, Runnable action) {
        MenuItem item = new MenuItem(text);
        item.setOnAction(e -> action.run());
        return item;
    }

    @Override
    public void startEdit() {
        if (!(getItem() instanceof HistoryRow.Chat(ChatSummary chat))) {
            return;
        }
        super.startEdit();
        TextField field = new TextField(chat.title());
        field.setAccessibleText("New name");
        field.setOnAction(e -> {
            actions.rename().accept(chat, field.getText());
            cancelEdit();
        });
        field.addEventFilter(KeyEvent.KEY_PRESSED, e -> {
            if (e.getCode() == KeyCode.ESCAPE) {
                cancelEdit();
                e.consume();
            }
        });
        setGraphic(field);
        field.selectAll();
        field.requestFocus();
    }

    @Override
    public void cancelEdit() {
        super.cancelEdit();
        updateItem(getItem(), isEmpty());
    }
}
