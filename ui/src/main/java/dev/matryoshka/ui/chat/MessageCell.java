package dev.matryoshka.ui.chat;

import dev.matryoshka.engine.Answer;
import dev.matryoshka.ui.attachment.AttachmentView;
import java.util.Locale;
import javafx.beans.value.ChangeListener;
import javafx.geometry.Insets;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.ContentDisplay;
import javafx.scene.control.Label;
import javafx.scene.control.ListCell;
import javafx.scene.control.Tooltip;
import javafx.scene.input.Clipboard;
import javafx.scene.input.ClipboardContent;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import javafx.scene.text.Text;
import javafx.scene.text.TextFlow;
import org.jspecify.annotations.Nullable;
import org.kordamp.ikonli.javafx.FontIcon;

/** Draws one message, 640 px wide in the middle. Cells are reused; only an answer that grows is listened to. */
final class MessageCell extends ListCell<Message> {
    static final double WIDTH = 640;
    private static final double MARGIN = 40;
    private static final double BUBBLE_SHARE = 0.85;

    private final StackPane centred = new StackPane();
    private final Text words = new Text();
    private final HBox status = new HBox(10);
    private final ChangeListener<Object> growth = (property, before, now) -> showAnswer();
    private Message.@Nullable Answering heard;

    MessageCell() {
        setContentDisplay(ContentDisplay.GRAPHIC_ONLY);
        setPrefWidth(0); // as wide as the list
        status.getStyleClass().add("status");
        status.setAlignment(Pos.CENTER_LEFT);
        centred.setPadding(new Insets(0, MARGIN / 2, 0, MARGIN / 2));
    }

    @Override
    protected void updateItem(@Nullable Message message, boolean empty) {
        super.updateItem(message, empty);
        stopListening();
        if (empty || message == null) {
            setGraphic(null);
            return;
        }
        Region content = switch (message) {
            case Message.Asked asked -> asked(asked);
            case Message.Answering answering -> answering(answering);
            case Message.Notice notice -> notice(notice);
            case Message.Failed failed -> failed(failed);
        };
        content.setMaxWidth(WIDTH);
        centred.getChildren().setAll(content);
        setGraphic(centred);
    }

    private Region asked(Message.Asked asked) {
        VBox box = new VBox(8);
        box.setAlignment(Pos.CENTER_RIGHT);
        box.setFillWidth(false);
        if (!asked.attachments().isEmpty()) {
            FlowPane cards = new FlowPane(8, 8);
            cards.setAlignment(Pos.CENTER_RIGHT);
            asked.attachments().forEach(a -> cards.getChildren().add(AttachmentView.card(a)));
            box.getChildren().add(cards);
        }
        if (!asked.text().isEmpty()) {
            Label bubble = new Label(asked.text());
            bubble.setWrapText(true);
            bubble.setMaxWidth(BUBBLE_SHARE * WIDTH);
            bubble.getStyleClass().add("bubble");
            box.getChildren().add(bubble);
        }
        return box;
    }

    private Region answering(Message.Answering answering) {
        heard = answering;
        answering.textProperty().addListener(growth);
        answering.prefillProperty().addListener(growth);
        answering.answerProperty().addListener(growth);
        TextFlow flow = new TextFlow(words);
        flow.setLineSpacing(4);
        flow.getStyleClass().add("answer");
        showAnswer();
        return new VBox(8, flow, status);
    }

    private void stopListening() {
        if (heard != null) {
            heard.textProperty().removeListener(growth);
            heard.prefillProperty().removeListener(growth);
            heard.answerProperty().removeListener(growth);
            heard = null;
        }
    }

    private void showAnswer() {
        Message.Answering shown = heard;
        if (shown == null) {
            return;
        }
        String text = shown.textProperty().get();
        Answer answer = shown.answerProperty().get();
        words.setText(text);
        if (answer != null) {
            status.getChildren().setAll(statistics(shown, answer));
        } else if (text.isEmpty()) {
            double share = shown.prefillProperty().get();
            status.getChildren()
                    .setAll(new Label(
                            share > 0 && share < 1
                                    ? String.format(Locale.ROOT, "reading %.0f%%", 100 * share)
                                    : "thinking…"));
        } else {
            status.getChildren().clear();
        }
    }

    private static Node[] statistics(Message.Answering shown, Answer answer) {
        Label slice = new Label(shown.model().slice());
        slice.getStyleClass().add("strong");
        Label figures = new Label(String.format(
                Locale.ROOT,
                "·   %.1f tokens/s   ·   first token %.2f s%s",
                answer.decodeTokensPerSecond(),
                answer.timeToFirstTokenSeconds(),
                ending(answer)));
        Region gap = new Region();
        HBox.setHgrow(gap, Priority.ALWAYS);
        Button copy = new Button("", new FontIcon("fth-copy"));
        copy.getStyleClass().addAll("icon-button", "small");
        copy.setAccessibleText("Copy the answer");
        copy.setTooltip(new Tooltip("Copy"));
        copy.setOnAction(e -> {
            ClipboardContent content = new ClipboardContent();
            content.putString(answer.text());
            Clipboard.getSystemClipboard().setContent(content);
        });
        return new Node[] {slice, figures, gap, copy};
    }

    private static String ending(Answer answer) {
        return switch (answer.stopReason()) {
            case END_OF_TURN -> "";
            case MAX_TOKENS -> "   ·   longest answer reached";
            case STOPPED -> "   ·   stopped";
            case CONTEXT_FULL -> "   ·   the context is full: start a new chat";
        };
    }

    private static Region notice(Message.Notice notice) {
        Label text = new Label(
                "Going on with " + notice.now().device() + ": " + notice.now().deviceReason());
        text.setWrapText(true);
        text.getStyleClass().add("status");
        return text;
    }

    private static Region failed(Message.Failed failed) {
        FontIcon icon = new FontIcon("fth-alert-circle");
        icon.getStyleClass().add("warning-icon");
        Label problem = new Label(failed.error().problem());
        problem.getStyleClass().add("title");
        problem.setWrapText(true);
        Label remedy = new Label(failed.error().remedy());
        remedy.setWrapText(true);
        HBox box = new HBox(10, icon, new VBox(4, problem, remedy));
        box.getStyleClass().add("problem");
        return box;
    }
}
