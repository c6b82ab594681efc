package dev.matryoshka.ui.capture;

import javafx.scene.layout.Region;
import javafx.scene.shape.Rectangle;

/** How loud it was in the last seconds: bars that wander to the left, the newest at the right end. */
final class LevelMeter extends Region {
    private static final int BARS = 48;
    private static final double BAR = 2.5;
    private static final double STEP = 4;
    private static final double HEIGHT = 30;
    /** What is this many dB below full scale has a bar of no length. */
    private static final double RANGE_DB = 50;

    private final Rectangle[] bars = new Rectangle[BARS];

    LevelMeter() {
        getStyleClass().add("waveform");
        for (int i = 0; i < BARS; i++) {
            bars[i] = new Rectangle(i * STEP, 0, BAR, 0);
            bars[i].setArcWidth(BAR);
            bars[i].setArcHeight(BAR);
            bars[i].getStyleClass().add("bar");
            getChildren().add(bars[i]);
        }
        clear();
    }

    /** Flat again. */
    void clear() {
        for (Rectangle bar : bars) {
            show(bar, 0);
        }
    }

    /** Adds the loudness of another moment, 0 to 1. */
    void add(double peak) {
        for (int i = 0; i + 1 < BARS; i++) {
            bars[i].setY(bars[i + 1].getY());
            bars[i].setHeight(bars[i + 1].getHeight());
        }
        show(bars[BARS - 1], Math.clamp(1 + 20 * Math.log10(Math.max(peak, 1e-9)) / RANGE_DB, 0, 1));
    }

    private static void show(Rectangle bar, double share) {
        double length = Math.max(2, HEIGHT * share);
        bar.setHeight(length);
        bar.setY((HEIGHT - length) / 2);
    }

    @Override
    protected double computePrefWidth(double ignored) {
        return BARS * STEP;
    }

    @Override
    protected double computePrefHeight(double ignored) {
        return HEIGHT;
    }
}
