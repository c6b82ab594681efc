package dev.matryoshka.ui.size;

import dev.matryoshka.engine.config.MatFormerSlice;
import javafx.css.PseudoClass;
import javafx.scene.AccessibleAttribute;
import javafx.scene.AccessibleRole;
import javafx.scene.layout.Region;
import org.jspecify.annotations.Nullable;

/** One layer: its bar stands on the ground, dashed where it is skipped. */
final class LayerBar extends Region {
    private static final PseudoClass SKIPPED = PseudoClass.getPseudoClass("skipped");
    private static final PseudoClass WHOLE = PseudoClass.getPseudoClass("whole");

    private static final double SKIPPED_HEIGHT = 0.5;

    private final int layer;
    private final int whole;
    private final Region bar = new Region();
    private double share = 1;
    private String value = "";

    /**
     * @param whole the layer's width in the checkpoint
     */
    LayerBar(int layer, int whole) {
        this.layer = layer;
        this.whole = whole;
        bar.getStyleClass().add("layer-bar");
        getStyleClass().add("layer");
        getChildren().add(bar);
        setMinWidth(2);
        setAccessibleRole(AccessibleRole.SLIDER);
        setAccessibleText("Layer " + layer);
    }

    int layer() {
        return layer;
    }

    int whole() {
        return whole;
    }

    /** Shows what a slice makes of the layer. */
    void show(MatFormerSlice slice) {
        boolean skipped = !slice.keeps(layer);
        int width = slice.ffn().get(layer);
        share = skipped ? SKIPPED_HEIGHT : (double) width / whole;
        value = skipped ? "skipped" : width + " of " + whole;
        bar.pseudoClassStateChanged(SKIPPED, skipped);
        bar.pseudoClassStateChanged(WHOLE, !skipped && width == whole);
        notifyAccessibleAttributeChanged(AccessibleAttribute.VALUE_STRING);
        requestLayout();
    }

    @Override
    public @Nullable Object queryAccessibleAttribute(AccessibleAttribute attribute, Object... parameters) {
        return switch (attribute) {
            case VALUE_STRING -> value;
            case VALUE -> share;
            case MIN_VALUE -> 0.0;
            case MAX_VALUE -> 1.0;
            default -> super.queryAccessibleAttribute(attribute, parameters);
        };
    }

    @Override
    protected void layoutChildren() {
        double height = Math.max(2, getHeight() * share);
        bar.resizeRelocate(0, getHeight() - height, getWidth(), height);
    }
}
