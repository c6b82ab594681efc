package dev.matryoshka.ui.settings;

import dev.matryoshka.ui.Browser;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import javafx.application.Platform;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.input.Clipboard;
import javafx.scene.input.ClipboardContent;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.VBox;

/** Where the log is, and a report to paste. */
final class HelpPane extends VBox {
    private static final String COPY = "Copy for a report";

    private final Help help;
    private final Button copy = new Button(COPY);

    HelpPane(Help help) {
        super(8);
        this.help = help;
        Label where = new Label("The log tells of models, devices and errors, never a word of a chat: " + help.logs());
        where.setId("logs");
        where.getStyleClass().add("soft");
        where.setWrapText(true);
        Button open = new Button("Open its folder");
        open.setId("open-logs");
        open.setOnAction(e -> Browser.open(help.logs().toString()));
        copy.setId("copy-report");
        copy.setOnAction(e -> copy());
        open.getStyleClass().add("plain-button");
        copy.getStyleClass().add("plain-button");
        getChildren().addAll(where, new FlowPane(8, 8, open, copy));
    }

    private void copy() {
        copy.setDisable(true);
        copy.setText("Looking at the machine…");
        CompletionStage<String> report = CompletableFuture.supplyAsync(help::report);
        report.whenCompleteAsync(
                (text, failure) -> {
                    copy.setDisable(false);
                    copy.setText(failure == null ? "Copied" : COPY);
                    if (failure == null) {
                        ClipboardContent content = new ClipboardContent();
                        content.putString(text);
                        Clipboard.getSystemClipboard().setContent(content);
                    }
                },
                Platform::runLater);
    }
}
