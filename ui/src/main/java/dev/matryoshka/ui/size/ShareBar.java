package dev.matryoshka.ui.size;

import java.util.List;
import javafx.scene.AccessibleRole;
import javafx.scene.layout.Region;

/** A thin bar of coloured shares, one after the other, of a whole. */
final class ShareBar extends Region {
    private static final double HEIGHT = 6;

    private long[] parts;
    private long whole = 1;

    /**
     * @param styles style class of each share
     */
    ShareBar(List<String> styles) {
        parts = new long[styles.size()];
        getStyleClass().add("share-bar");
        setAccessibleRole(AccessibleRole.TEXT);
        setMinHeight(HEIGHT);
        setPrefHeight(HEIGHT);
        setMaxHeight(HEIGHT);
        for (String style : styles) {
            Region share = new Region();
            share.getStyleClass().add(style);
            getChildren().add(share);
        }
    }

    /**
     * @param of the whole bar
     * @param shares one for each style, together at most {@code of}
     */
    void show(long of, long... shares) {
        whole = Math.max(1, of);
        parts = shares.clone();
        requestLayout();
    }

    @Override
    protected void layoutChildren() {
        double x = 0;
        for (int i = 0; i < parts.length; i++) {
            double width = getWidth() * parts[i] / whole;
            getChildren().get(i).resizeRelocate(x, 0, width, getHeight());
            x += width;
        }
    }
}
