package dev.matryoshka.ui.lab;

import dev.matryoshka.engine.LabReport;
import javafx.css.PseudoClass;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.Region;

/** A slice in the plot: a button that uses it, its name above. */
final class LabPoint extends Region {
    private static final PseudoClass FRONT = PseudoClass.getPseudoClass("front");
    private static final PseudoClass IN_USE = PseudoClass.getPseudoClass("in-use");
    private static final double SIDE = 14;

    private final Button button = new Button();
    private final Label name = new Label();

    /**
     * @param words what a screen reader and the tooltip say
     */
    LabPoint(LabReport.Row row, boolean front, boolean inUse, String words, Runnable use) {
        setPrefSize(SIDE, SIDE);
        button.getStyleClass().add("lab-point"); // the chart sets the classes of this one
        name.getStyleClass().add("lab-name");
        button.setAccessibleText(words + ". Use it");
        button.setTooltip(new Tooltip(words));
        button.setOnAction(e -> use.run());
        name.setText(row.slice().slice().name());
        name.setMouseTransparent(true);
        name.setManaged(false);
        getChildren().addAll(button, name);
        button.pseudoClassStateChanged(FRONT, front);
        button.pseudoClassStateChanged(IN_USE, inUse);
    }

    /** The name, which may lie over another point's. */
    Label name() {
        return name;
    }

    @Override
    protected void layoutChildren() {
        button.resizeRelocate(0, 0, getWidth(), getHeight());
        name.autosize();
        name.relocate(Math.rint((getWidth() - name.getWidth()) / 2), -name.getHeight() - 1);
    }
}
