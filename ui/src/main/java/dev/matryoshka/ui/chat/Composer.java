package dev.matryoshka.ui.chat;

import dev.matryoshka.engine.ModelInfo;
import dev.matryoshka.ui.attachment.Attachment;
import dev.matryoshka.ui.attachment.AttachmentView;
import dev.matryoshka.ui.attachment.Pictures;
import dev.matryoshka.ui.capture.CaptureControls;
import dev.matryoshka.ui.capture.CaptureDevices;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import javafx.application.Platform;
import javafx.beans.InvalidationListener;
import javafx.css.PseudoClass;
import javafx.geometry.Pos;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.TextArea;
import javafx.scene.control.Tooltip;
import javafx.scene.input.Clipboard;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;
import javafx.stage.FileChooser;
import javafx.stage.FileChooser.ExtensionFilter;
import org.kordamp.ikonli.javafx.FontIcon;

/** Where a question is put together: attachments, words, send and stop. */
final class Composer extends VBox {
    private static final double LINE = 21;
    private static final double ROOM = 16;
    private static final int MOST_LINES = 7;
    private static final ExtensionFilter MEDIA = new ExtensionFilter(
            "Pictures, sounds and videos",
            List.of(
                    "*.png", "*.jpg", "*.jpeg", "*.webp", "*.gif", "*.bmp", "*.wav", "*.mp3", "*.flac", "*.ogg",
                    "*.opus", "*.m4a", "*.mp4", "*.mov", "*.mkv", "*.webm"));

    private static final PseudoClass NEARLY_FULL = PseudoClass.getPseudoClass("nearly-full");

    private final ChatViewModel viewModel;
    private final CaptureControls capture;
    private final FlowPane chips = new FlowPane(8, 8);
    private final TextArea text = new TextArea();
    private final Label cost = new Label();
    private final Button send = new Button();

    Composer(ChatViewModel viewModel, CaptureDevices devices) {
        this.viewModel = viewModel;
        capture = new CaptureControls(
                devices,
                viewModel::maxAudioSeconds,
                Platform::runLater,
                sound -> take(new Attachment.Sound("Recording", sound)),
                picture -> take(new Attachment.Picture("Snapshot", picture)));
        getStyleClass().add("composer");
        setSpacing(6);
        setMaxWidth(MessageCell.WIDTH + 24);
        getChildren().addAll(editing(), keptTooMuch(), chips, capture.panels(), text, bar());
        chips.managedProperty().bind(chips.visibleProperty());
        setUpText();
        InvalidationListener refresh = property -> refresh();
        viewModel.draftProperty().addListener(refresh);
        viewModel.answeringProperty().addListener(refresh);
        viewModel.modelProperty().addListener(refresh);
        viewModel.loadErrorProperty().addListener(refresh);
        viewModel.contextUsedProperty().addListener(refresh);
        viewModel.attachments().addListener((InvalidationListener) property -> showChips());
        showChips();
    }

    /** Says that more is kept in the model's view than does it good. */
    private Label keptTooMuch() {
        Label note = new Label();
        note.setId("kept-too-much");
        note.getStyleClass().add("cost");
        note.setWrapText(true);
        note.pseudoClassStateChanged(NEARLY_FULL, true);
        note.textProperty().bind(viewModel.keptTooMuchProperty());
        note.visibleProperty().bind(note.textProperty().isNotEmpty());
        note.managedProperty().bind(note.visibleProperty());
        return note;
    }

    /** Says that an earlier question is being changed. */
    private HBox editing() {
        Label hint = new Label("Changing an earlier question");
        hint.getStyleClass().add("cost");
        Button leave = new Button("", new FontIcon("fth-x"));
        leave.getStyleClass().addAll("icon-button", "small");
        leave.setAccessibleText("Leave the question as it was");
        leave.setTooltip(new Tooltip("Leave the question as it was (Esc)"));
        leave.setOnAction(e -> viewModel.cancelEdit());
        HBox line = new HBox(6, new FontIcon("fth-edit-2"), hint, leave);
        line.setId("editing");
        line.setAlignment(Pos.CENTER_LEFT);
        line.visibleProperty().bind(viewModel.editingProperty().isNotNull());
        line.managedProperty().bind(line.visibleProperty());
        viewModel.editingProperty().addListener((property, before, now) -> {
            if (now != null) {
                focusText();
                text.end();
            }
        });
        return line;
    }

    private void setUpText() {
        text.setId("prompt");
        text.setPromptText("Ask about a picture, a sound, a video…");
        text.setAccessibleText("Your question");
        text.setWrapText(true);
        text.setMinHeight(LINE + ROOM);
        text.setPrefHeight(LINE + ROOM);
        text.textProperty().bindBidirectional(viewModel.draftProperty());
        text.textProperty().addListener((property, before, now) -> {
            long lines = now.chars().filter(c -> c == '\n').count() + 1 + now.length() / 90;
            text.setPrefHeight(LINE * Math.clamp(lines, 1, MOST_LINES) + ROOM);
        });
        text.addEventFilter(KeyEvent.KEY_PRESSED, this::onKey);
    }

    private void onKey(KeyEvent e) {
        if (e.getCode() == KeyCode.ENTER) {
            if (e.isShiftDown()) {
                text.insertText(text.getCaretPosition(), "\n");
            } else {
                viewModel.send();
            }
            e.consume();
        } else if (e.getCode() == KeyCode.TAB && !e.isControlDown()) { // moves on, as everywhere else
            (e.isShiftDown() ? chips : send).requestFocus();
            e.consume();
        } else if (e.isShortcutDown() && e.getCode() == KeyCode.V && attachFromClipboard()) {
            e.consume();
        }
    }

    /** Takes files or a picture; false where the clipboard holds neither. */
    private boolean attachFromClipboard() {
        Clipboard clipboard = Clipboard.getSystemClipboard();
        if (clipboard.hasFiles()) {
            viewModel.attach(clipboard.getFiles().stream().map(File::toPath).toList());
            return true;
        }
        if (clipboard.hasImage() && !clipboard.hasString()) {
            viewModel.attach(new Attachment.Picture("Pasted picture", Pictures.of(clipboard.getImage())));
            return true;
        }
        return false;
    }

    private HBox bar() {
        Button pick = new Button("", new FontIcon("fth-paperclip"));
        pick.setId("attach");
        pick.getStyleClass().add("icon-button");
        pick.setAccessibleText("Add pictures, sounds or videos");
        pick.setTooltip(new Tooltip("Add pictures, sounds or videos (Ctrl+O)"));
        pick.setOnAction(e -> pickFiles());
        send.setId("send");
        send.getStyleClass().add("send");
        send.setOnAction(e -> {
            if (viewModel.answeringProperty().get()) {
                viewModel.stop();
            } else {
                viewModel.send();
            }
        });
        cost.getStyleClass().add("cost");
        cost.setMaxWidth(Double.MAX_VALUE);
        HBox.setHgrow(cost, Priority.ALWAYS);
        HBox bar = new HBox(8, pick, capture.camera(), capture.microphone(), cost, send);
        bar.setAlignment(Pos.CENTER_LEFT);
        return bar;
    }

    /** Lets the person choose files. */
    void pickFiles() {
        FileChooser chooser = new FileChooser();
        chooser.setTitle("Add pictures, sounds or videos");
        chooser.getExtensionFilters().addAll(MEDIA, new ExtensionFilter("All files", "*"));
        List<File> files = chooser.showOpenMultipleDialog(getScene().getWindow());
        if (files != null) {
            viewModel.attach(files.stream().map(File::toPath).toList());
        }
    }

    private void showChips() {
        ModelInfo model = viewModel.modelProperty().get();
        chips.getChildren().clear();
        for (Attachment attachment : viewModel.attachments()) {
            chips.getChildren().add(AttachmentView.chip(attachment, model, () -> viewModel.remove(attachment)));
        }
        chips.setVisible(!chips.getChildren().isEmpty());
        refresh();
    }

    private void refresh() {
        boolean answering = viewModel.answeringProperty().get();
        send.setGraphic(new FontIcon(answering ? "fth-square" : "fth-arrow-up"));
        send.setAccessibleText(answering ? "Stop" : "Send");
        send.setTooltip(new Tooltip(answering ? "Stop (Esc)" : "Send (Enter)"));
        send.setDisable(!answering && !viewModel.canSend());
        cost.setText(cost());
    }

    private String cost() {
        ModelInfo model = viewModel.modelProperty().get();
        if (model == null) {
            return viewModel.loadErrorProperty().get() == null ? "loading the model…" : "";
        }
        Cost next = Cost.of(
                model,
                viewModel.draftProperty().get(),
                viewModel.attachments(),
                viewModel.contextUsedProperty().get(),
                viewModel.messages());
        cost.pseudoClassStateChanged(NEARLY_FULL, next.nearlyFull());
        return next.text();
    }

    /** Attaches what was captured; Enter sends it. */
    private void take(Attachment.Ready captured) {
        viewModel.attach(captured);
        focusText();
    }

    /** Puts the caret into the text. */
    void focusText() {
        text.requestFocus();
    }

    /** Attaches files that were dropped on the window. */
    void drop(List<Path> files) {
        viewModel.attach(files);
        focusText();
    }
}
