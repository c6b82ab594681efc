package dev.matryoshka.ui.attachment;

import java.util.ArrayList;
import java.util.List;
import javafx.css.PseudoClass;
import javafx.scene.layout.Region;
import javafx.scene.shape.Rectangle;

/** A sound's loudness as bars, with a line where it is played and lines where it is cut. */
public final class Waveform extends Region {
    private static final PseudoClass AHEAD = PseudoClass.getPseudoClass("ahead");
    private static final double BAR = 2.5;
    private static final double STEP = 4;

    private final double height;
    private final int count;
    private final List<Rectangle> bars = new ArrayList<>();
    private final Rectangle head;

    /**
     * @param width as many bars as fit
     * @param cuts shares of its length
     */
    public Waveform(float[] samples, double width, double height, List<Double> cuts) {
        this.height = height;
        count = Math.max(1, (int) (width / STEP));
        getStyleClass().add("waveform");
        float[] peaks = peaks(samples);
        float loudest = 1e-4f;
        for (float peak : peaks) {
            loudest = Math.max(loudest, peak);
        }
        for (int i = 0; i < count; i++) {
            double length = Math.max(2, height * peaks[i] / loudest);
            Rectangle bar = new Rectangle(i * STEP, (height - length) / 2, BAR, length);
            bar.setArcWidth(BAR);
            bar.setArcHeight(BAR);
            bar.getStyleClass().add("bar");
            bars.add(bar);
        }
        getChildren().addAll(bars);
        for (double cut : cuts) {
            getChildren().add(line(cut, "cut"));
        }
        head = line(0, "playhead");
        head.setVisible(false);
        getChildren().add(head);
    }

    private Rectangle line(double share, String style) {
        Rectangle line = new Rectangle(Math.round(share * width()), 0, 1.5, height);
        line.getStyleClass().add(style);
        return line;
    }

    private float[] peaks(float[] samples) {
        float[] peaks = new float[count];
        for (int i = 0; i < samples.length; i++) {
            int bar = (int) ((long) i * count / samples.length);
            peaks[bar] = Math.max(peaks[bar], Math.abs(samples[i]));
        }
        return peaks;
    }

    /** Draws how much of it was played, 0 to 1; at 0 as if nothing ever was. */
    void showPlayed(double share) {
        head.setVisible(share > 0);
        head.setX(Math.min(share * width(), width() - head.getWidth()));
        for (int i = 0; i < count; i++) {
            bars.get(i).pseudoClassStateChanged(AHEAD, share > 0 && (i + 0.5) / count > share);
        }
    }

    /** Its width in pixels. */
    double width() {
        return count * STEP;
    }

    @Override
    protected double computePrefWidth(double ignored) {
        return width();
    }

    @Override
    protected double computeMinWidth(double ignored) {
        return width();
    }

    @Override
    protected double computeMaxWidth(double ignored) {
        return width();
    }

    @Override
    protected double computePrefHeight(double ignored) {
        return height;
    }
}
