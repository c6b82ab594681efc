package dev.matryoshka.ui.chat;

import dev.matryoshka.engine.ModelInfo;
import dev.matryoshka.ui.DemoNote;
import dev.matryoshka.ui.Sample;
import dev.matryoshka.ui.capture.CaptureDevices;
import dev.matryoshka.ui.history.ChatSummary;
import dev.matryoshka.ui.history.HistoryPane;
import dev.matryoshka.ui.size.SizePanel;
import dev.matryoshka.ui.theme.Doll;
import java.io.File;
import java.util.List;
import javafx.application.Platform;
import javafx.beans.InvalidationListener;
import javafx.beans.binding.Bindings;
import javafx.beans.binding.BooleanBinding;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.geometry.Insets;
import javafx.geometry.Pos;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ListView;
import javafx.scene.control.Tooltip;
import javafx.scene.control.skin.VirtualFlow;
import javafx.scene.input.DragEvent;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyCodeCombination;
import javafx.scene.input.KeyCombination;
import javafx.scene.input.KeyEvent;
import javafx.scene.input.TransferMode;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import javafx.scene.shape.Circle;
import javafx.stage.FileChooser;
import org.kordamp.ikonli.javafx.FontIcon;

/** The whole window: side column, thread, composer, size, and what a drop would do. */
public final class ChatView extends StackPane {
    private static final double SIDE = 248;
    private static final double NARROW = 1000;
    private static final double VERY_NARROW = 640;
    private static final double AT_END = 0.999;
    private static final KeyCombination NEW_CHAT = new KeyCodeCombination(KeyCode.N, KeyCombination.SHORTCUT_DOWN);
    private static final KeyCombination SIZE = new KeyCodeCombination(KeyCode.L, KeyCombination.SHORTCUT_DOWN);
    private static final KeyCombination CHATS = new KeyCodeCombination(KeyCode.B, KeyCombination.SHORTCUT_DOWN);
    private static final KeyCombination FIND = new KeyCodeCombination(KeyCode.F, KeyCombination.SHORTCUT_DOWN);
    private static final KeyCombination OPEN = new KeyCodeCombination(KeyCode.O, KeyCombination.SHORTCUT_DOWN);

    private final ChatViewModel viewModel;
    private final ListView<Message> thread;
    private final FindBar find;
    private final Composer composer;
    private final VBox dropHint;
    private final BooleanBinding wide = widthProperty().greaterThanOrEqualTo(NARROW);
    private final BooleanProperty sideShown = new SimpleBooleanProperty();
    private final BooleanProperty sizeShown = new SimpleBooleanProperty();
    private boolean scrolling;

    public ChatView(ChatViewModel viewModel, List<Sample> samples, DemoNote note, CaptureDevices devices) {
        this.viewModel = viewModel;
        thread = new ListView<>(viewModel.messages());
        thread.getStyleClass().add("thread");
        thread.setAccessibleText("Conversation");
        find = new FindBar(thread);
        thread.setCellFactory(list -> new MessageCell(viewModel, find.foundProperty()));
        thread.setFocusTraversable(false);
        composer = new Composer(viewModel, devices);
        EmptyChat empty = new EmptyChat(viewModel, samples, note);
        empty.visibleProperty().bind(Bindings.isEmpty(viewModel.messages()));
        thread.visibleProperty().bind(empty.visibleProperty().not());

        StackPane middle = new StackPane(thread, empty);
        VBox.setVgrow(middle, Priority.ALWAYS);
        VBox floating = new VBox(composer);
        floating.setAlignment(Pos.CENTER);
        floating.setPadding(new Insets(4, 16, 16, 16));
        VBox column = new VBox(header(), find, middle, floating);

        BorderPane columns = new BorderPane(column);
        VBox side = side();
        setAlignment(side, Pos.CENTER_LEFT);
        side.visibleProperty().bind(sideShown);
        dropHint = dropHint();
        SizePanel size = new SizePanel(viewModel.size(), viewModel.memory(), () -> sizeShown.set(false));
        setAlignment(size, Pos.CENTER_RIGHT);
        size.visibleProperty().bind(sizeShown);
        columns.paddingProperty()
                .bind(Bindings.createObjectBinding(this::between, widthProperty(), sideShown, sizeShown));
        wide.addListener((property, before, now) -> {
            sideShown.set(now);
            sizeShown.set(now);
        });
        getChildren().addAll(columns, side, size, dropHint);
        setUpDrop();
        followTail();
        addEventFilter(KeyEvent.KEY_PRESSED, this::onKey);
    }

    private void onKey(KeyEvent e) {
        if (e.getCode() == KeyCode.ESCAPE) {
            closeDrawer();
            viewModel.stop();
            viewModel.cancelEdit();
        } else if (NEW_CHAT.match(e)) {
            newChat();
            e.consume();
        } else if (OPEN.match(e)) {
            composer.pickFiles();
            e.consume();
        } else if (FIND.match(e)) {
            find.open();
            e.consume();
        } else if (CHATS.match(e)) {
            sideShown.set(!sideShown.get());
            e.consume();
        } else if (SIZE.match(e)) {
            sizeShown.set(!sizeShown.get());
            e.consume();
        }
    }

    /** Room for the side columns where the window is wide; else they lie over the thread. */
    private Insets between() {
        boolean room = wide.get();
        return new Insets(0, room && sizeShown.get() ? SizePanel.WIDTH : 0, 0, room && sideShown.get() ? SIDE : 0);
    }

    private void newChat() {
        closeDrawer();
        viewModel.newChat();
        composer.focusText();
    }

    private VBox side() {
        Label name = new Label("Matryoshka", new Doll(26));
        name.getStyleClass().add("name");
        name.setGraphicTextGap(10);
        name.setPadding(new Insets(0, 4, 8, 4));
        Region gap = new Region();
        VBox.setVgrow(gap, Priority.ALWAYS);
        HBox footer = new HBox(8, dot(), new Label("Nothing leaves this computer"));
        footer.setAlignment(Pos.CENTER_LEFT);
        footer.getStyleClass().add("footer");
        Button fresh = newChatButton("New chat");
        fresh.setId("new-chat");
        fresh.getStyleClass().add("wide-button");
        fresh.setMaxWidth(Double.MAX_VALUE);
        VBox side = new VBox(8, name, fresh, viewModel.history().kept() ? chats() : gap, footer);
        side.getStyleClass().add("side");
        side.setPrefWidth(SIDE);
        side.setMaxWidth(SIDE);
        return side;
    }

    private HistoryPane chats() {
        HistoryPane chats = new HistoryPane(
                viewModel.history(),
                new HistoryPane.Actions(this::open, viewModel::rename, viewModel::delete, this::export));
        VBox.setVgrow(chats, Priority.ALWAYS);
        return chats;
    }

    private void closeDrawer() {
        sideShown.set(wide.get());
    }

    private void open(ChatSummary chat) {
        closeDrawer();
        viewModel.open(chat);
        composer.focusText();
    }

    private void export(ChatSummary chat) {
        FileChooser chooser = new FileChooser();
        chooser.setTitle("Export the chat as Markdown");
        chooser.setInitialFileName(
                chat.title().replaceAll("[^\\p{L}\\p{N} _-]", "").strip() + ".md");
        File file = chooser.showSaveDialog(getScene().getWindow());
        if (file != null) {
            viewModel.history().export(chat, file.toPath());
        }
    }

    private Button newChatButton(String text) {
        Button button = new Button(text, new FontIcon("fth-plus"));
        button.setAccessibleText("New chat");
        button.setTooltip(new Tooltip("New chat (Ctrl+N)"));
        button.setOnAction(e -> newChat());
        return button;
    }

    private static Circle dot() {
        Circle dot = new Circle(3.5);
        dot.getStyleClass().add("dot");
        return dot;
    }

    private HBox header() {
        Label title = new Label();
        title.getStyleClass().add("title");
        title.textProperty().bind(viewModel.titleProperty());
        Region gap = new Region();
        HBox.setHgrow(gap, Priority.ALWAYS);
        Label model = new Label();
        model.setId("model");
        model.getStyleClass().addAll("badge");
        model.setMinWidth(Region.USE_PREF_SIZE);
        model.textProperty().bind(viewModel.modelProperty().map(m -> m.id() + " · " + m.type()));
        Label device = new Label("", dot());
        device.setId("device");
        device.setGraphicTextGap(7);
        device.getStyleClass().addAll("badge");
        device.textProperty().bind(viewModel.modelProperty().map(ModelInfo::device));
        Tooltip why = new Tooltip();
        why.textProperty().bind(viewModel.modelProperty().map(ModelInfo::deviceReason));
        device.setTooltip(why);
        model.visibleProperty().bind(viewModel.modelProperty().isNotNull());
        device.visibleProperty()
                .bind(viewModel.modelProperty().isNotNull().and(widthProperty().greaterThanOrEqualTo(VERY_NARROW)));
        device.managedProperty().bind(device.visibleProperty());
        Button chats = new Button("", new FontIcon("fth-menu"));
        chats.setId("show-chats");
        chats.getStyleClass().add("icon-button");
        chats.setAccessibleText("Chats");
        chats.setTooltip(new Tooltip("Chats (Ctrl+B)"));
        chats.setOnAction(e -> sideShown.set(true));
        chats.visibleProperty().bind(sideShown.not());
        chats.managedProperty().bind(chats.visibleProperty());
        Button fresh = newChatButton("");
        fresh.getStyleClass().add("icon-button");
        fresh.visibleProperty().bind(wide.not());
        fresh.managedProperty().bind(fresh.visibleProperty());
        Button size = new Button("", new FontIcon("fth-sliders"));
        size.setId("size");
        size.getStyleClass().add("icon-button");
        size.setAccessibleText("Size of the model");
        size.setTooltip(new Tooltip("Size of the model (Ctrl+L)"));
        size.setOnAction(e -> sizeShown.set(true));
        size.visibleProperty().bind(sizeShown.not());
        size.managedProperty().bind(size.visibleProperty());
        HBox header = new HBox(10, chats, fresh, title, gap, model, device, size);
        header.setAlignment(Pos.CENTER_LEFT);
        header.getStyleClass().add("header");
        return header;
    }

    private VBox dropHint() {
        Label text = new Label("Drop to ask about it");
        VBox frame = new VBox(text);
        frame.getStyleClass().add("drop-frame");
        frame.setAlignment(Pos.CENTER);
        frame.setMaxSize(Region.USE_PREF_SIZE, Region.USE_PREF_SIZE);
        VBox hint = new VBox(frame);
        hint.setId("drop-hint");
        hint.getStyleClass().add("drop");
        hint.setAlignment(Pos.CENTER);
        hint.setVisible(false);
        hint.setMouseTransparent(true);
        return hint;
    }

    private void setUpDrop() {
        setOnDragOver(e -> {
            if (e.getDragboard().hasFiles()) {
                e.acceptTransferModes(TransferMode.COPY);
                dropHint.setVisible(true);
                ((Label) ((VBox) dropHint.getChildren().getFirst())
                                .getChildren()
                                .getFirst())
                        .setText(promise(e));
            }
            e.consume();
        });
        setOnDragExited(e -> dropHint.setVisible(false));
        setOnDragDropped(e -> {
            dropHint.setVisible(false);
            boolean files = e.getDragboard().hasFiles();
            if (files) {
                composer.drop(
                        e.getDragboard().getFiles().stream().map(File::toPath).toList());
            }
            e.setDropCompleted(files);
            e.consume();
        });
    }

    private static String promise(DragEvent e) {
        List<File> files = e.getDragboard().getFiles();
        return files.size() == 1
                ? "Drop to ask about " + files.getFirst().getName()
                : "Drop to ask about " + files.size() + " files";
    }

    /** Scrolls along with a growing answer while the end is in sight; someone who reads further up is left alone. */
    private void followTail() {
        viewModel.messages().addListener((InvalidationListener) list -> toEnd());
        viewModel.answeringProperty().addListener((property, before, now) -> toEnd());
        thread.heightProperty().addListener((property, before, now) -> toEnd());
        viewModel.tailProperty().addListener((property, before, now) -> {
            if (endInSight()) {
                toEnd();
            }
        });
    }

    private boolean endInSight() {
        return !(thread.lookup(".virtual-flow") instanceof VirtualFlow<?> flow) || flow.getPosition() >= AT_END;
    }

    /** After the list has taken note of its new rows, and once however many came. */
    private void toEnd() {
        if (!scrolling) {
            scrolling = true;
            Platform.runLater(() -> {
                scrolling = false;
                thread.layout();
                if (thread.lookup(".virtual-flow") instanceof VirtualFlow<?> flow) {
                    flow.setPosition(1); // scrollTo stops a row short where heights are only estimated
                }
            });
        }
    }

    /** Puts the caret where a person types. */
    public void focusPrompt() {
        composer.focusText();
    }
}
