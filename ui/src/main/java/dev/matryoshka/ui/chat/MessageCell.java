package dev.matryoshka.ui.chat;

import dev.matryoshka.ui.attachment.Attachment;
import dev.matryoshka.ui.attachment.AttachmentView;
import java.util.ArrayList;
import java.util.List;
import javafx.beans.property.ReadOnlyIntegerProperty;
import javafx.css.PseudoClass;
import javafx.geometry.Insets;
import javafx.geometry.Pos;
import javafx.scene.control.Button;
import javafx.scene.control.ContentDisplay;
import javafx.scene.control.Label;
import javafx.scene.control.ListCell;
import javafx.scene.control.Separator;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import org.jspecify.annotations.Nullable;
import org.kordamp.ikonli.javafx.FontIcon;

/** Draws one message, 640 px wide in the middle. Cells are reused; answers are listened to while they are shown. */
final class MessageCell extends ListCell<Message> {
    static final double WIDTH = 640;
    private static final PseudoClass FOUND = PseudoClass.getPseudoClass("found");
    private static final double MARGIN = 40;
    private static final double BUBBLE_SHARE = 0.85;

    private final ChatViewModel viewModel;
    private final StackPane centred = new StackPane();
    private final List<AnswerView> growing = new ArrayList<>();

    MessageCell(ChatViewModel viewModel, ReadOnlyIntegerProperty found) {
        this.viewModel = viewModel;
        found.addListener((property, before, now) -> mark(found.get()));
        indexProperty().addListener((property, before, now) -> mark(found.get()));
        setContentDisplay(ContentDisplay.GRAPHIC_ONLY);
        setPrefWidth(0); // as wide as the list
        centred.setPadding(new Insets(0, MARGIN / 2, 0, MARGIN / 2));
    }

    private void mark(int found) {
        pseudoClassStateChanged(FOUND, found >= 0 && found == getIndex());
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
            case Message.Answering answering -> answering(answering, false);
            case Message.Compared compared -> compared(compared);
            case Message.Notice notice -> notice(notice);
            case Message.Boundary boundary -> boundary(boundary);
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
            for (Attachment.Ready attachment : asked.attachments()) {
                HBox card = new HBox(4, new KeepButton(attachment, viewModel), AttachmentView.card(attachment));
                card.setAlignment(Pos.CENTER_RIGHT);
                cards.getChildren().add(card);
            }
            box.getChildren().add(cards);
        }
        if (!asked.text().isEmpty()) {
            Label bubble = new Label(asked.text());
            bubble.setWrapText(true);
            bubble.setMaxWidth(BUBBLE_SHARE * WIDTH);
            bubble.getStyleClass().add("bubble");
            HBox line = new HBox(4, edit(asked), bubble);
            line.setAlignment(Pos.CENTER_RIGHT);
            box.getChildren().add(line);
        }
        return box;
    }

    private Button edit(Message.Asked asked) {
        Button edit = new Button("", new FontIcon("fth-edit-2"));
        edit.getStyleClass().addAll("icon-button", "small");
        edit.setAccessibleText("Change the question");
        edit.setTooltip(new Tooltip("Change the question"));
        edit.setMinWidth(Region.USE_PREF_SIZE);
        edit.disableProperty().bind(viewModel.answeringProperty());
        edit.setOnAction(e -> viewModel.edit(asked));
        return edit;
    }

    private AnswerView answering(Message.Answering answering, boolean brief) {
        AnswerView view = new AnswerView(answering, brief, viewModel);
        growing.add(view);
        return view;
    }

    private Region compared(Message.Compared compared) {
        HBox cards = new HBox(12);
        for (Message.Answering answer : List.of(compared.first(), compared.second())) {
            AnswerView card = answering(answer, true);
            card.getStyleClass().add("answer-card");
            card.setPrefWidth(WIDTH / 2);
            HBox.setHgrow(card, Priority.ALWAYS);
            cards.getChildren().add(card);
        }
        return cards;
    }

    private void stopListening() {
        growing.forEach(AnswerView::leave);
        growing.clear();
    }

    private static Region boundary(Message.Boundary boundary) {
        Label text = new Label(boundary.text());
        text.setMinWidth(Region.USE_PREF_SIZE);
        Separator before = new Separator();
        Separator after = new Separator();
        HBox.setHgrow(before, Priority.ALWAYS);
        HBox.setHgrow(after, Priority.ALWAYS);
        HBox line = new HBox(10, before, text, after);
        line.setAlignment(Pos.CENTER);
        line.getStyleClass().addAll("status", "boundary");
        return line;
    }

    private static Region notice(Message.Notice notice) {
        Label text = new Label(notice.text());
        text.setWrapText(true);
        text.setMinHeight(Region.USE_PREF_SIZE);
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
