package dev.matryoshka.ui.attachment;

import javafx.scene.layout.Region;
import javafx.scene.shape.Rectangle;

/** A sound's loudness as bars. */
public final class Waveform extends Region {
    private static final int BARS = 40;
    private static final double BAR = 2.5;
    private static final double STEP = 4;

    private final double height;

    public Waveform(float[] samples, double height) {
        this.height = height;
        getStyleClass().add("waveform");
        float[] peaks = peaks(samples);
        float loudest = 1e-4f;
        for (float peak : peaks) {
            loudest = Math.max(loudest, peak);
        }
        for (int i = 0; i < BARS; i++) {
            double length = Math.max(2, height * peaks[i] / loudest);
            Rectangle bar = new Rectangle(i * STEP, (height - length) / 2, BAR, length);
            bar.setArcWidth(BAR);
            bar.setArcHeight(BAR);
            bar.getStyleClass().add("bar");
            getChildren().add(bar);
        }
    }

    private static float[] peaks(float[] samples) {
        float[] peaks = new float[BARS];
        for (int i = 0; i < samples.length; i++) {
            int bar = (int) ((long) i * BARS / samples.length);
            peaks[bar] = Math.max(peaks[bar], Math.abs(samples[i]));
        }
        return peaks;
    }

    @Override
    protected double computePrefWidth(double ignored) {
        return BARS * STEP;
    }

    @Override
    protected double computePrefHeight(double ignored) {
        return height;
    }
}
