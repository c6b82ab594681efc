package dev.matryoshka.ui.size;

import javafx.animation.PauseTransition;
import javafx.util.Duration;

/** When the size that is looked at comes into use: as soon as the mouse lets go, or a moment after the last key. */
final class Settling {
    private final SizeViewModel viewModel;
    private final PauseTransition pause = new PauseTransition(Duration.millis(400));

    Settling(SizeViewModel viewModel) {
        this.viewModel = viewModel;
        pause.setOnFinished(e -> viewModel.use());
    }

    /** The mouse holds it. */
    void hold() {
        pause.stop();
    }

    /** The mouse lets go. */
    void letGo() {
        pause.stop();
        viewModel.use();
    }

    /** A key moved it, and another may follow. */
    void afterKey() {
        pause.playFromStart();
    }
}
