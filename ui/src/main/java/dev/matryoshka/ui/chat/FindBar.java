package dev.matryoshka.ui.chat;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javafx.beans.InvalidationListener;
import javafx.beans.property.ReadOnlyIntegerProperty;
import javafx.beans.property.ReadOnlyIntegerWrapper;
import javafx.geometry.Pos;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ListView;
import javafx.scene.control.TextField;
import javafx.scene.control.Tooltip;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Region;
import org.kordamp.ikonli.javafx.FontIcon;

/** Looks for words in the open chat: Enter goes to the next message that has them, Shift+Enter to the one before. */
final class FindBar extends HBox {
    private static final int NONE = -1;

    private final ListView<Message> thread;
    private final TextField words = new TextField();
    private final Label count = new Label();
    private final ReadOnlyIntegerWrapper found = new ReadOnlyIntegerWrapper(NONE);
    private final InvalidationListener changes = messages -> find();
    private List<Integer> places = List.of(); // indices of messages
    private int current;

    FindBar(ListView<Message> thread) {
        super(6);
        this.thread = thread;
        getStyleClass().add("find-bar");
        setAlignment(Pos.CENTER_RIGHT);
        words.setId("find");
        words.setPromptText("Find in this chat");
        words.setAccessibleText("Find in this chat");
        words.setPrefColumnCount(20);
        words.textProperty().addListener((property, before, now) -> find());
        words.addEventFilter(KeyEvent.KEY_PRESSED, this::onKey);
        count.setId("find-count");
        count.setMinWidth(Region.USE_PREF_SIZE);
        count.getStyleClass().add("status");
        getChildren()
                .addAll(
                        words,
                        count,
                        button("fth-chevron-up", "Earlier (Shift+Enter)", () -> go(-1)),
                        button("fth-chevron-down", "Later (Enter)", () -> go(1)),
                        button("fth-x", "Close (Esc)", this::close));
        setVisible(false);
        managedProperty().bind(visibleProperty());
    }

    private static Button button(String icon, String text, Runnable action) {
        Button button = new Button("", new FontIcon(icon));
        button.getStyleClass().addAll("icon-button", "small");
        button.setAccessibleText(text);
        button.setTooltip(new Tooltip(text));
        button.setOnAction(e -> action.run());
        return button;
    }

    private void onKey(KeyEvent e) {
        if (e.getCode() == KeyCode.ENTER) {
            go(e.isShiftDown() ? -1 : 1);
        } else if (e.getCode() == KeyCode.ESCAPE) {
            close();
        } else {
            return;
        }
        e.consume();
    }

    /** Index of the message that was gone to last, -1 while none is looked for. */
    ReadOnlyIntegerProperty foundProperty() {
        return found.getReadOnlyProperty();
    }

    void open() {
        if (!isVisible()) {
            setVisible(true);
            thread.getItems().addListener(changes);
        }
        find();
        words.requestFocus();
        words.selectAll();
    }

    void close() {
        thread.getItems().removeListener(changes);
        setVisible(false);
        found.set(NONE);
    }

    private void find() {
        String wanted = words.getText().strip().toLowerCase(Locale.ROOT);
        List<Integer> with = new ArrayList<>();
        for (int i = 0; i < thread.getItems().size() && !wanted.isEmpty(); i++) {
            if (text(thread.getItems().get(i)).toLowerCase(Locale.ROOT).contains(wanted)) {
                with.add(i);
            }
        }
        places = with;
        current = with.size() - 1; // the latest is what a person saw last
        go(0);
    }

    private static String text(Message message) {
        return switch (message) {
            case Message.Asked asked -> {
                StringBuilder all = new StringBuilder(asked.text());
                asked.attachments().forEach(a -> all.append('\n').append(a.name()));
                yield all.toString();
            }
            case Message.Answering answering -> answering.textProperty().get();
            case Message.Compared both -> text(both.first()) + "\n" + text(both.second());
            case Message.Notice notice -> notice.text();
            case Message.Boundary boundary -> boundary.text();
            case Message.Failed failed -> String.valueOf(failed.error().getMessage());
        };
    }

    private void go(int step) {
        if (places.isEmpty()) {
            found.set(NONE);
            count.setText(words.getText().isBlank() ? "" : "not found");
            return;
        }
        current = Math.floorMod(current + step, places.size());
        count.setText(current + 1 + " of " + places.size());
        int place = places.get(current);
        found.set(place);
        thread.scrollTo(place);
    }
}
