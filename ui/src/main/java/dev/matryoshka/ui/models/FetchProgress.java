package dev.matryoshka.ui.models;

import dev.matryoshka.ui.size.Figures;
import java.util.Locale;
import javafx.geometry.Pos;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ProgressBar;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;
import org.jspecify.annotations.Nullable;

/** How far a model is fetched, with a button to stop and to go on; nothing where none is. */
final class FetchProgress extends VBox {
    private final ModelsViewModel viewModel;

    FetchProgress(ModelsViewModel viewModel) {
        this.viewModel = viewModel;
        viewModel.fetchProperty().addListener((property, before, now) -> show(now));
        managedProperty().bind(viewModel.fetchProperty().isNotNull());
        show(viewModel.fetchProperty().get());
    }

    private void show(@Nullable Fetch fetch) {
        getChildren().clear();
        if (fetch == null) {
            return;
        }
        ProgressBar bar = new ProgressBar();
        bar.setMaxWidth(Double.MAX_VALUE);
        bar.setAccessibleText("How much of " + fetch.id() + " is here");
        bar.progressProperty().bind(fetch.amountProperty().map(FetchProgress::share));
        Label words = new Label();
        words.setId("fetch-words");
        words.getStyleClass().add("soft");
        words.setMaxWidth(Double.MAX_VALUE);
        words.textProperty()
                .bind(fetch.amountProperty()
                        .flatMap(amount -> fetch.runningProperty().map(runs -> words(fetch.id(), amount, runs))));
        HBox.setHgrow(words, Priority.ALWAYS);
        Button button = new Button();
        button.setId("fetch-stop");
        button.getStyleClass().add("plain-button");
        button.setMinWidth(USE_PREF_SIZE);
        button.textProperty().bind(fetch.runningProperty().map(runs -> runs ? "Stop" : "Go on"));
        button.setOnAction(e -> {
            if (fetch.runningProperty().get()) {
                fetch.stop();
            } else {
                viewModel.fetch(fetch.id());
            }
        });
        HBox line = new HBox(8, words, button);
        line.setAlignment(Pos.CENTER_LEFT);
        VBox card = new VBox(6, line, bar);
        card.getStyleClass().add("card");
        getChildren().add(card);
    }

    private static double share(Fetch.Amount amount) {
        return amount.total() == 0 ? ProgressBar.INDETERMINATE_PROGRESS : (double) amount.done() / amount.total();
    }

    private static String words(String id, Fetch.Amount amount, boolean runs) {
        if (amount.total() == 0) {
            return id + (runs ? ": asking the hub…" : ": stopped");
        }
        String text = id + ": " + Figures.bytes(amount.done()) + " of " + Figures.bytes(amount.total());
        if (!runs) {
            return text + ", stopped";
        }
        double rate = amount.bytesPerSecond();
        return rate < 1
                ? text
                : text
                        + String.format(Locale.ROOT, ", %s/s, %s left", Figures.bytes((long) rate), time((long)
                                ((amount.total() - amount.done()) / rate)));
    }

    private static String time(long seconds) {
        return seconds < 60 ? seconds + " s" : seconds < 3600 ? seconds / 60 + " min" : seconds / 3600 + " h";
    }
}
