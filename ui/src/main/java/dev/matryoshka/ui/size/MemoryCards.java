package dev.matryoshka.ui.size;

import dev.matryoshka.engine.MemoryUse;
import dev.matryoshka.engine.backend.MemoryLedger;
import dev.matryoshka.engine.weights.TableStatus;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javafx.animation.Animation;
import javafx.animation.KeyFrame;
import javafx.animation.PauseTransition;
import javafx.animation.Timeline;
import javafx.beans.InvalidationListener;
import javafx.scene.Node;
import javafx.scene.control.Label;
import javafx.scene.control.Slider;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.VBox;
import javafx.util.Duration;

/** Two cards: the device's memory by purpose, and the per-layer embeddings on the CPU. Live while an answer runs. */
public final class MemoryCards extends VBox {
    private static final double MEGA = 1e6;
    private static final double LARGEST_BUDGET = 1024;
    private static final double BUDGET_STEP = 16;
    private static final Duration EACH = Duration.seconds(1);

    private final MemoryViewModel memory;
    private final Label device = small("memory-title");
    private final Label held = small("memory-held");
    private final ShareBar purposes = new ShareBar(List.of("share-weights", "share-kv", "share-buffers"));
    private final Label parts = small("memory-parts");
    private final Label hitRate = small("ple-hits");
    private final ShareBar cache = new ShareBar(List.of("share-buffers"));
    private final Label table = small("ple-table");
    private final Label reads = small("ple-reads");
    private final Slider budget = new Slider(0, LARGEST_BUDGET, 0);
    private final ResidentBudget resident;
    private final PauseTransition moved = new PauseTransition(EACH); // layers come and go, though nothing answers
    private boolean showing; // moved by what was heard, not by the person

    public MemoryCards(SizeViewModel size, MemoryViewModel memory) {
        super(12);
        this.memory = memory;
        resident = new ResidentBudget(size, memory);
        moved.setOnFinished(e -> memory.refresh());
        parts.setWrapText(true);
        Label perLayer = small("ple-title");
        perLayer.setText("PER-LAYER ROWS, ON THE CPU");
        for (Label title : List.of(device, perLayer)) {
            title.getStyleClass().setAll("label", "card-title");
        }
        budget.setId("ple-budget");
        budget.setAccessibleText("Memory for per-layer rows, in megabytes");
        budget.setTooltip(new Tooltip("How much memory rows of recent tokens may take"));
        budget.setBlockIncrement(BUDGET_STEP);
        budget.valueProperty().addListener(property -> choose());
        budget.valueChangingProperty().addListener(property -> choose());
        getChildren()
                .addAll(
                        card(device, held, purposes, parts, resident),
                        card(perLayer, hitRate, cache, table, reads, budget));
        disableProperty().bind(size.scaleProperty().isNull());
        visibleProperty().bind(memory.useProperty().isNotNull());
        managedProperty().bind(visibleProperty());
        memory.useProperty().addListener(property -> show());
        Timeline live = new Timeline(new KeyFrame(EACH, e -> memory.refresh()));
        live.setCycleCount(Animation.INDEFINITE);
        InvalidationListener changed = property -> {
            if (size.scaleProperty().get() != null) {
                memory.refresh();
            }
        };
        size.scaleProperty().addListener(changed);
        size.inUseProperty().addListener(changed);
        size.answeringProperty().addListener((property, before, answering) -> {
            if (answering) {
                live.play();
            } else {
                live.stop(); // an idle window does nothing
                memory.refresh();
            }
        });
        changed.invalidated(size.scaleProperty());
        show();
    }

    private static Label small(String id) {
        Label label = new Label();
        label.setId(id);
        label.getStyleClass().add("soft");
        return label;
    }

    private static VBox card(Label title, Label figure, Node... below) {
        BorderPane line = new BorderPane();
        line.setLeft(title);
        line.setRight(figure);
        VBox card = new VBox(8, line);
        card.getChildren().addAll(below);
        card.getStyleClass().add("card");
        return card;
    }

    private void choose() {
        if (!showing && !budget.isValueChanging()) {
            memory.budget(Math.round(budget.getValue() / BUDGET_STEP) * Math.round(BUDGET_STEP * MEGA));
        }
    }

    private void show() {
        MemoryUse use = memory.useProperty().get();
        if (use != null) {
            showDevice(use);
            resident.show(use);
            if (use.residency() != null && use.residency().moving()) {
                moved.playFromStart();
            }
            showTable(use.perLayer());
        }
    }

    private void showDevice(MemoryUse use) {
        Map<String, Long> bytes = use.held();
        long weights = bytes.getOrDefault(MemoryLedger.WEIGHTS, 0L);
        long keysAndValues = bytes.getOrDefault(MemoryLedger.KV, 0L);
        long activations = bytes.getOrDefault(MemoryLedger.ACTIVATIONS, 0L);
        long staging = bytes.getOrDefault(MemoryLedger.STAGING, 0L);
        boolean bounded = use.freeBytes() < Long.MAX_VALUE;
        long all = bounded ? use.heldBytes() + use.freeBytes() : use.heldBytes();
        device.setText("ON THE " + (use.device().startsWith("CPU") ? "CPU" : "GPU"));
        held.setText(Figures.bytes(use.heldBytes()) + (bounded ? " of " + Figures.bytes(all) : ""));
        parts.setText("weights " + Figures.bytes(weights) + " · K/V " + Figures.bytes(keysAndValues) + " · activations "
                + Figures.bytes(activations) + (staging == 0 ? "" : " · staging " + Figures.bytes(staging)));
        purposes.show(all, weights, keysAndValues, activations + staging);
        purposes.setAccessibleText(use.device() + ": " + parts.getText());
    }

    private void showTable(TableStatus now) {
        hitRate.setText(
                now.hits() + now.misses() == 0 ? "" : String.format(Locale.ROOT, "hit %.0f%%", 100 * now.hitRate()));
        cache.show(Math.max(1, Math.max(now.budgetBytes(), now.heldBytes())), now.heldBytes());
        table.setText("cache " + Figures.bytes(now.heldBytes()) + " of " + Figures.bytes(now.budgetBytes()));
        cache.setAccessibleText(table.getText());
        reads.setText(Figures.bytes(now.tableBytes()) + " mapped"
                + (now.residentBytes() < 0 ? "" : ", " + Figures.bytes(now.residentBytes()) + " in memory")
                + String.format(Locale.ROOT, " · %.1f KB read per token", now.readBytesPerToken() / 1e3));
        reads.setWrapText(true);
        if (!budget.isValueChanging() && !budget.isPressed()) {
            showing = true;
            budget.setValue(now.budgetBytes() / MEGA);
            showing = false;
        }
    }
}
