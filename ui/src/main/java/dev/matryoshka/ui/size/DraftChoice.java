package dev.matryoshka.ui.size;

import dev.matryoshka.ui.size.SizeViewModel.DraftReport;
import java.util.Locale;
import javafx.scene.control.CheckBox;
import javafx.scene.control.Label;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.VBox;
import org.jspecify.annotations.Nullable;

/** Whether a smaller size drafts for the one in use, and what that did for the last answer. */
final class DraftChoice extends VBox {
    DraftChoice(SizeViewModel viewModel) {
        super(4);
        CheckBox drafts = new CheckBox("A smaller size drafts");
        drafts.setId("drafts");
        drafts.setTooltip(new Tooltip("Speculative decoding, from the next question on: answers stay the same."
                + " Not while the size is elastic"));
        drafts.selectedProperty().bindBidirectional(viewModel.draftsProperty());
        Label report = new Label();
        report.setId("drafted");
        report.getStyleClass().add("soft");
        report.setWrapText(true);
        report.textProperty()
                .bind(viewModel.draftedProperty().map(DraftChoice::words).orElse(""));
        report.visibleProperty().bind(viewModel.draftedProperty().isNotNull().and(drafts.selectedProperty()));
        report.managedProperty().bind(report.visibleProperty());
        getChildren().addAll(drafts, report);
        disableProperty().bind(viewModel.scaleProperty().isNull());
    }

    private static String words(@Nullable DraftReport report) {
        if (report == null) {
            return "";
        }
        String speed = report.speedUp().isEmpty()
                ? "no answer without drafts to compare with"
                : String.format(
                        Locale.ROOT, "%.2f× the speed without", report.speedUp().getAsDouble());
        return String.format(Locale.ROOT, "%d of %d drafts accepted · %s", report.accepted(), report.drafted(), speed);
    }
}
