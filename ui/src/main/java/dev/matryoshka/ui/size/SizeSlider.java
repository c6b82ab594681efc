package dev.matryoshka.ui.size;

import atlantafx.base.controls.ProgressSliderSkin;
import dev.matryoshka.engine.SliceInfo;
import java.util.Locale;
import javafx.geometry.Pos;
import javafx.scene.AccessibleAttribute;
import javafx.scene.control.Label;
import javafx.scene.control.Slider;
import javafx.scene.control.Tooltip;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import javafx.scene.input.MouseEvent;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.Pane;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import javafx.scene.shape.Rectangle;
import org.jspecify.annotations.Nullable;

/**
 * One slider from a model's smallest size to its largest, in effective parameters. Slices with a name are ticks that attract
 * the knob; Page Up and Page Down go from tick to tick, arrows in small steps, Home and End to the ends.
 */
final class SizeSlider extends VBox {
    private static final double KNOB = 20;
    private static final double ATTRACTION = 0.012;
    private static final double STEP = 0.02;
    private static final double TICK_WIDTH = 2;
    private static final double TICK_HEIGHT = 16;

    private final SizeViewModel viewModel;
    private final Settling settling;
    private final Slider slider = new SpokenSlider();
    private final Tooltip nearest = new Tooltip();
    private final Pane ticks = new Pane();
    private final Label smallest = new Label();
    private final Label largest = new Label();
    private boolean showing; // moved by what is looked at, not by the person

    /** A slider whose value a screen reader says as a size. */
    private final class SpokenSlider extends Slider {
        @Override
        public @Nullable Object queryAccessibleAttribute(AccessibleAttribute attribute, Object... parameters) {
            SliceInfo shown = viewModel.previewProperty().get();
            return attribute == AccessibleAttribute.VALUE_STRING && shown != null
                    ? describe(shown)
                    : super.queryAccessibleAttribute(attribute, parameters);
        }
    }

    SizeSlider(SizeViewModel viewModel, Settling settling) {
        super(2);
        this.viewModel = viewModel;
        this.settling = settling;
        slider.setId("size-slider");
        slider.setAccessibleText("Size of the model");
        slider.setSkin(new ProgressSliderSkin(slider));
        slider.setTooltip(nearest);
        ticks.setMouseTransparent(true);
        BorderPane ends = new BorderPane();
        ends.setLeft(smallest);
        ends.setRight(largest);
        ends.getStyleClass().add("ends");
        StackPane track = new StackPane(ticks, slider);
        track.setAlignment(Pos.CENTER_LEFT);
        getChildren().addAll(track, ends);
        ticks.widthProperty().addListener(property -> placeTicks());
        viewModel.scaleProperty().addListener(property -> showScale());
        viewModel.previewProperty().addListener(property -> {
            if (!slider.isPressed()) {
                moveKnob();
            }
        });
        slider.valueProperty().addListener(property -> moved());
        slider.addEventFilter(KeyEvent.KEY_PRESSED, this::onKey);
        slider.addEventFilter(MouseEvent.MOUSE_PRESSED, e -> settling.hold());
        slider.addEventFilter(MouseEvent.MOUSE_RELEASED, e -> {
            settling.letGo();
            moveKnob();
        });
        slider.addEventFilter(MouseEvent.MOUSE_MOVED, this::sayNearest);
        showScale();
    }

    private void showScale() {
        SizeScale scale = viewModel.scaleProperty().get();
        if (scale != null) {
            showing = true;
            slider.setMax((double) scale.largest().effectiveParameters());
            slider.setMin((double) scale.smallest().effectiveParameters());
            showing = false;
            smallest.setText(end(scale.smallest()));
            largest.setText(end(scale.largest()));
            placeTicks();
            moveKnob();
        }
    }

    private static String end(SliceInfo info) {
        return info.slice().name() + " · " + Figures.parameters(info.effectiveParameters());
    }

    /** A name, a size, and a score where one is published. */
    static String describe(SliceInfo info) {
        String size = Figures.parameters(info.effectiveParameters()) + " effective";
        return info.slice().name() + ", " + size
                + (info.mmlu() == null ? "" : String.format(Locale.ROOT, ", MMLU %.1f", info.mmlu()));
    }

    private void placeTicks() {
        SizeScale scale = viewModel.scaleProperty().get();
        ticks.getChildren().clear();
        if (scale != null) {
            for (SliceInfo tick : scale.ticks()) {
                Rectangle mark = new Rectangle(TICK_WIDTH, TICK_HEIGHT);
                mark.getStyleClass().add("tick");
                mark.setX(KNOB / 2 + scale.share(tick) * (ticks.getWidth() - KNOB) - TICK_WIDTH / 2);
                mark.yProperty()
                        .bind(ticks.heightProperty().subtract(TICK_HEIGHT).divide(2));
                ticks.getChildren().add(mark);
            }
        }
    }

    /** To the size that is looked at. */
    private void moveKnob() {
        SliceInfo shown = viewModel.previewProperty().get();
        if (shown != null) {
            showing = true;
            slider.setValue((double) shown.effectiveParameters());
            showing = false;
        }
    }

    private void moved() {
        SizeScale scale = viewModel.scaleProperty().get();
        if (!showing && scale != null) {
            SliceInfo tick = nearest(scale, slider.getValue());
            viewModel.choose(tick == null ? scale.at(slider.getValue()) : tick);
        }
    }

    /** The tick whose attraction a place is under. */
    private @Nullable SliceInfo nearest(SizeScale scale, double parameters) {
        double reach = ATTRACTION * (slider.getMax() - slider.getMin());
        SliceInfo nearest = null;
        for (SliceInfo tick : scale.ticks()) {
            double distance = Math.abs(tick.effectiveParameters() - parameters);
            if (distance < reach) {
                nearest = tick;
                reach = distance;
            }
        }
        return nearest;
    }

    private void onKey(KeyEvent e) {
        SizeScale scale = viewModel.scaleProperty().get();
        if (scale == null) {
            return;
        }
        double at = slider.getValue();
        double step = STEP * (slider.getMax() - slider.getMin());
        KeyCode key = e.getCode();
        SliceInfo next = switch (key) {
            case RIGHT, UP -> scale.at(Math.min(slider.getMax(), at + step));
            case LEFT, DOWN -> scale.at(Math.max(slider.getMin(), at - step));
            case PAGE_UP -> scale.neighbour(at, true);
            case PAGE_DOWN -> scale.neighbour(at, false);
            case HOME -> scale.smallest();
            case END -> scale.largest();
            default -> null;
        };
        if (next != null) {
            viewModel.choose(next);
            settling.afterKey();
            e.consume();
        } else if (key == KeyCode.ENTER) {
            settling.letGo();
            e.consume();
        }
    }

    private void sayNearest(MouseEvent e) {
        SizeScale scale = viewModel.scaleProperty().get();
        if (scale != null) {
            double place = Math.clamp((e.getX() - KNOB / 2) / (slider.getWidth() - KNOB), 0, 1);
            double parameters = slider.getMin() + place * (slider.getMax() - slider.getMin());
            SliceInfo tick = nearest(scale, parameters);
            nearest.setText(describe(tick == null ? scale.at(parameters) : tick));
        }
    }
}
