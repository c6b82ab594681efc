package dev.matryoshka.ui.settings;

import java.util.List;
import javafx.scene.control.Label;
import javafx.scene.layout.GridPane;

/** All keys of the window. */
public final class ShortcutsView extends GridPane {
    private static final String[][] WHILE_WRITING = {
        {"Enter", "Send"},
        {"Shift+Enter", "New line"},
        {"Ctrl+V", "Paste text, a picture or files"},
        {"?", "This overview"},
        {"Enter, ← →, Ctrl+C", "On a picture: open it large; then the others, copy"},
        {"Space, ← →", "On a sound: play or pause; 5 s back, 5 s on"}
    };

    public ShortcutsView(List<Shortcut> shortcuts) {
        setHgap(24);
        setVgap(8);
        shortcuts.forEach(s -> add(s.keys().getDisplayText(), s.what()));
        for (String[] line : WHILE_WRITING) {
            add(line[0], line[1]);
        }
    }

    private void add(String keys, String what) {
        Label key = new Label(keys);
        key.getStyleClass().add("key");
        addRow(getRowCount(), key, new Label(what));
    }
}
