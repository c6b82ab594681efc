package dev.matryoshka.ui.size;

import dev.matryoshka.engine.SliceInfo;
import dev.matryoshka.engine.config.MatFormerSlice;
import javafx.scene.Node;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import javafx.scene.input.MouseEvent;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;

/**
 * A bar for each layer, as high as the layer is wide. Dragged with the mouse, down to the ground to skip it; by keyboard,
 * left and right choose a layer, up and down change its width, Home and End make it least and whole, Delete skips it.
 */
final class LayerBars extends HBox {
    static final double HEIGHT = 54;
    private static final double GROUND = 4;
    private static final int PAGE = 8;

    private final SizeViewModel viewModel;
    private final Settling settling;

    LayerBars(SizeViewModel viewModel, Settling settling) {
        super(2);
        this.viewModel = viewModel;
        this.settling = settling;
        setId("layers");
        getStyleClass().add("layers");
        setPrefHeight(HEIGHT);
        setMinHeight(HEIGHT);
        viewModel.scaleProperty().addListener(property -> build());
        viewModel.shownProperty().addListener(property -> show());
        addEventHandler(MouseEvent.MOUSE_PRESSED, this::drag);
        addEventHandler(MouseEvent.MOUSE_DRAGGED, this::drag);
        addEventHandler(MouseEvent.MOUSE_RELEASED, e -> settling.letGo());
        addEventHandler(KeyEvent.KEY_PRESSED, this::onKey);
        build();
    }

    private void build() {
        SizeScale scale = viewModel.scaleProperty().get();
        getChildren().clear();
        if (scale != null) {
            for (int layer = 0; layer < scale.config().numHiddenLayers(); layer++) {
                LayerBar bar =
                        new LayerBar(layer, scale.config().intermediateSize().get(layer));
                bar.setFocusTraversable(layer == 0);
                bar.focusedProperty().addListener((property, before, now) -> {
                    if (now) {
                        getChildren().forEach(other -> other.setFocusTraversable(other.equals(bar)));
                    }
                });
                bar.setPrefWidth(1); // grows
                HBox.setHgrow(bar, Priority.ALWAYS);
                getChildren().add(bar);
            }
            show();
        }
    }

    private void show() {
        SliceInfo shown = viewModel.shownProperty().get();
        if (shown != null) {
            getChildren().forEach(bar -> ((LayerBar) bar).show(shown.slice()));
        }
    }

    /** Goes to the bar that was last used. */
    void takeFocus() {
        getChildren().stream().filter(Node::isFocusTraversable).findFirst().ifPresent(Node::requestFocus);
    }

    private LayerBar bar(int layer) {
        return (LayerBar) getChildren().get(layer);
    }

    private void drag(MouseEvent e) {
        int layers = getChildren().size();
        if (layers > 0) {
            settling.hold();
            int layer = Math.clamp((int) (e.getX() * layers / getWidth()), 0, layers - 1);
            bar(layer).requestFocus();
            double height = HEIGHT - e.getY();
            if (height < GROUND) {
                viewModel.skip(layer);
            } else {
                int whole = bar(layer).whole();
                setWidth(layer, (int) (whole * height / HEIGHT));
            }
        }
    }

    /** The nearest width that the layer can be cut to. */
    private void setWidth(int layer, int wanted) {
        int whole = bar(layer).whole();
        int step = MatFormerSlice.step(whole);
        int width = Math.clamp(Math.round((double) wanted / step) * step, Math.min(step, whole), whole);
        viewModel.setWidth(layer, width);
    }

    private void onKey(KeyEvent e) {
        SliceInfo shown = viewModel.previewProperty().get();
        if (shown == null || !(e.getTarget() instanceof LayerBar bar)) {
            return;
        }
        int layer = bar.layer();
        int step = MatFormerSlice.step(bar.whole());
        int width = shown.slice().ffn().get(layer);
        boolean skipped = !shown.slice().keeps(layer);
        KeyCode key = e.getCode();
        switch (key) {
            case LEFT -> bar(Math.max(0, layer - 1)).requestFocus();
            case RIGHT -> bar(Math.min(getChildren().size() - 1, layer + 1)).requestFocus();
            case UP -> setWidth(layer, skipped ? step : width + step);
            case DOWN -> setWidth(layer, width - step);
            case PAGE_UP -> setWidth(layer, width + PAGE * step);
            case PAGE_DOWN -> setWidth(layer, width - PAGE * step);
            case HOME -> setWidth(layer, step);
            case END -> setWidth(layer, bar.whole());
            case DELETE, BACK_SPACE -> viewModel.skip(layer);
            case ENTER -> settling.letGo();
            default -> {
                return;
            }
        }
        e.consume();
        if (key != KeyCode.ENTER) {
            settling.afterKey();
        }
    }
}
