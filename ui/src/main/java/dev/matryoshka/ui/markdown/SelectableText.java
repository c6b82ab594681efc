package dev.matryoshka.ui.markdown;

import java.text.BreakIterator;
import java.util.List;
import java.util.Locale;
import javafx.geometry.Point2D;
import javafx.scene.AccessibleRole;
import javafx.scene.input.Clipboard;
import javafx.scene.input.ClipboardContent;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import javafx.scene.input.MouseButton;
import javafx.scene.input.MouseEvent;
import javafx.scene.shape.Path;
import javafx.scene.text.Text;
import javafx.scene.text.TextFlow;

/**
 * Words of which a part can be selected by the mouse (a double click takes a word, a triple one all) and copied by Ctrl+C.
 * What is laid out once is not measured again at the same width.
 */
public final class SelectableText extends TextFlow {
    private final Path selection = new Path();
    private final String words;
    private int anchor;
    private int caret;
    private double measuredWidth = -1;
    private double measuredHeight;

    /** @param runs pieces of one style, in their order */
    public SelectableText(List<Text> runs) {
        StringBuilder all = new StringBuilder();
        runs.forEach(run -> all.append(run.getText()));
        words = all.toString();
        selection.setManaged(false);
        selection.setMouseTransparent(true);
        selection.getStyleClass().add("selection");
        getChildren().add(selection);
        getChildren().addAll(runs);
        getStyleClass().add("selectable");
        setAccessibleRole(AccessibleRole.TEXT);
        setAccessibleText(words);
        addEventHandler(MouseEvent.MOUSE_PRESSED, this::press);
        addEventHandler(MouseEvent.MOUSE_DRAGGED, this::drag);
        addEventHandler(KeyEvent.KEY_PRESSED, this::key);
        focusedProperty().addListener((property, before, now) -> {
            if (!now) {
                select(0, 0);
            }
        });
        widthProperty().addListener((property, before, now) -> select(anchor, caret));
    }

    /** The whole text. */
    public String text() {
        return words;
    }

    /** What is selected; empty for nothing. */
    public String selected() {
        return words.substring(Math.min(anchor, caret), Math.max(anchor, caret));
    }

    /** Selects between two characters. */
    public void select(int from, int to) {
        anchor = from;
        caret = to;
        if (from == to) {
            selection.getElements().clear();
        } else {
            selection.getElements().setAll(getRangeShape(Math.min(from, to), Math.max(from, to), false));
        }
    }

    private void press(MouseEvent e) {
        if (e.getButton() != MouseButton.PRIMARY) {
            return;
        }
        requestFocus();
        int at = index(e);
        if (e.getClickCount() == 2) {
            BreakIterator boundaries = BreakIterator.getWordInstance(Locale.getDefault());
            boundaries.setText(words);
            int end = boundaries.following(Math.min(at, Math.max(0, words.length() - 1)));
            select(boundaries.previous(), Math.max(0, end));
        } else if (e.getClickCount() > 2) {
            select(0, words.length());
        } else {
            select(e.isShiftDown() ? anchor : at, at);
        }
        e.consume();
    }

    private void drag(MouseEvent e) {
        if (e.getButton() == MouseButton.PRIMARY) {
            select(anchor, index(e));
            e.consume();
        }
    }

    private int index(MouseEvent e) {
        return Math.clamp(getHitInfo(new Point2D(e.getX(), e.getY())).getInsertionIndex(), 0, words.length());
    }

    private void key(KeyEvent e) {
        if (e.isShortcutDown() && e.getCode() == KeyCode.C && anchor != caret) {
            ClipboardContent content = new ClipboardContent();
            content.putString(selected());
            Clipboard.getSystemClipboard().setContent(content);
            e.consume();
        } else if (e.isShortcutDown() && e.getCode() == KeyCode.A) {
            select(0, words.length());
            e.consume();
        }
    }

    @Override
    protected double computePrefHeight(double width) {
        if (width != measuredWidth) {
            measuredHeight = super.computePrefHeight(width);
            measuredWidth = width;
        }
        return measuredHeight;
    }

    @Override
    public void requestLayout() { // also when a font arrives
        measuredWidth = -1;
        super.requestLayout();
    }
}
