package dev.matryoshka.ui.size;

import dev.matryoshka.engine.MemoryUse;
import dev.matryoshka.engine.Residency;
import dev.matryoshka.engine.SliceInfo;
import java.util.Comparator;
import java.util.List;
import javafx.scene.AccessibleAttribute;
import javafx.scene.control.Label;
import javafx.scene.control.Slider;
import javafx.scene.control.Tooltip;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.VBox;
import org.jspecify.annotations.Nullable;

/**
 * How much of the model a device keeps, as a slider over bytes that comes to rest at the largest named size within. Arrows go from size
 * to size. Not there on the CPU, which keeps nothing.
 */
final class ResidentBudget extends VBox {
    private static final double ATTRACTION = 0.03;

    private final SizeViewModel size;
    private final MemoryViewModel memory;
    private final Slider slider = new SpokenSlider();
    private final Label kept = new Label();
    private boolean showing; // moved by what was heard, not by the person

    /** A slider whose value a screen reader says as a size. */
    private final class SpokenSlider extends Slider {
        @Override
        public @Nullable Object queryAccessibleAttribute(AccessibleAttribute attribute, Object... parameters) {
            return attribute == AccessibleAttribute.VALUE_STRING
                    ? kept.getText()
                    : super.queryAccessibleAttribute(attribute, parameters);
        }
    }

    ResidentBudget(SizeViewModel size, MemoryViewModel memory) {
        super(4);
        this.size = size;
        this.memory = memory;
        slider.setId("resident-budget");
        slider.setAccessibleText("Device memory for the model");
        slider.setTooltip(
                new Tooltip("The largest size that the device keeps; larger ones are fetched when they are chosen"));
        kept.setId("resident-kept");
        kept.getStyleClass().add("soft");
        kept.setWrapText(true);
        getChildren().addAll(kept, slider);
        managedProperty().bind(visibleProperty());
        setVisible(false);
        slider.valueProperty().addListener(property -> choose());
        slider.valueChangingProperty().addListener(property -> choose());
        slider.addEventFilter(KeyEvent.KEY_PRESSED, this::onKey);
    }

    /** What was heard. */
    void show(MemoryUse use) {
        Residency residency = use.residency();
        SizeScale scale = size.scaleProperty().get();
        setVisible(residency != null && scale != null);
        if (residency == null || scale == null) {
            return;
        }
        SliceInfo most = scale.info(residency.wanted());
        kept.setText("keeps up to " + most.slice().name() + ", " + Figures.bytes(most.deviceBytes())
                + (residency.moving() ? " · on its way" : "")
                + (residency.problem() == null
                        ? ""
                        : " · " + residency.problem().getMessage()));
        if (!slider.isValueChanging() && !slider.isPressed()) {
            List<SliceInfo> sizes = sizes(scale);
            showing = true;
            slider.setMax((double) sizes.getLast().deviceBytes());
            slider.setMin((double) sizes.getFirst().deviceBytes());
            slider.setValue((double) most.deviceBytes());
            showing = false;
        }
    }

    private static List<SliceInfo> sizes(SizeScale scale) {
        return scale.ticks().stream()
                .sorted(Comparator.comparingLong(SliceInfo::deviceBytes))
                .toList();
    }

    private void choose() {
        SizeScale scale = size.scaleProperty().get();
        if (!showing && !slider.isValueChanging() && scale != null) {
            List<SliceInfo> sizes = sizes(scale);
            double budget = slider.getValue() + ATTRACTION * (slider.getMax() - slider.getMin());
            use(sizes.stream()
                    .filter(each -> each.deviceBytes() <= budget)
                    .reduce((first, second) -> second)
                    .orElse(sizes.getFirst()));
        }
    }

    private void onKey(KeyEvent e) {
        SizeScale scale = size.scaleProperty().get();
        if (scale == null) {
            return;
        }
        List<SliceInfo> sizes = sizes(scale);
        double at = slider.getValue();
        KeyCode key = e.getCode();
        SliceInfo next = switch (key) {
            case RIGHT, UP ->
                sizes.stream()
                        .filter(each -> each.deviceBytes() > at)
                        .findFirst()
                        .orElse(sizes.getLast());
            case LEFT, DOWN ->
                sizes.stream()
                        .filter(each -> each.deviceBytes() < at)
                        .reduce((first, second) -> second)
                        .orElse(sizes.getFirst());
            case HOME -> sizes.getFirst();
            case END -> sizes.getLast();
            default -> null;
        };
        if (next != null) {
            use(next);
            e.consume();
        }
    }

    /** A size that answers comes down with what is kept. */
    private void use(SliceInfo most) {
        showing = true;
        slider.setValue((double) most.deviceBytes());
        showing = false;
        SliceInfo answering = size.inUseProperty().get();
        if (answering != null && !answering.slice().within(most.slice())) {
            size.choose(most);
            size.use();
        }
        memory.resident(most.slice());
    }
}
