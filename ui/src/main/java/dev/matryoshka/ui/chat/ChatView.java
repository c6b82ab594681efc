package dev.matryoshka.ui.chat;

import dev.matryoshka.engine.ModelInfo;
import dev.matryoshka.ui.DemoNote;
import dev.matryoshka.ui.Sample;
import dev.matryoshka.ui.attachment.OpenPicture;
import dev.matryoshka.ui.attachment.PictureViewer;
import dev.matryoshka.ui.capture.CaptureDevices;
import dev.matryoshka.ui.history.ChatSummary;
import dev.matryoshka.ui.history.HistoryPane;
import dev.matryoshka.ui.lab.LabView;
import dev.matryoshka.ui.lab.LabViewModel;
import dev.matryoshka.ui.models.ModelsView;
import dev.matryoshka.ui.models.ModelsViewModel;
import dev.matryoshka.ui.settings.Help;
import dev.matryoshka.ui.settings.Overlay;
import dev.matryoshka.ui.settings.Settings;
import dev.matryoshka.ui.settings.SettingsView;
import dev.matryoshka.ui.settings.SettingsViewModel;
import dev.matryoshka.ui.settings.Shortcut;
import dev.matryoshka.ui.settings.ShortcutsView;
import dev.matryoshka.ui.size.MemoryCards;
import dev.matryoshka.ui.size.SizePanel;
import dev.matryoshka.ui.theme.Doll;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import javafx.application.Platform;
import javafx.beans.InvalidationListener;
import javafx.beans.binding.Bindings;
import javafx.beans.binding.BooleanBinding;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.DoubleProperty;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.beans.property.SimpleDoubleProperty;
import javafx.geometry.Insets;
import javafx.geometry.Pos;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ListView;
import javafx.scene.control.TextInputControl;
import javafx.scene.control.Tooltip;
import javafx.scene.control.skin.VirtualFlow;
import javafx.scene.input.DragEvent;
import javafx.scene.input.KeyCode;
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
    private static final double WIDE_PAGE = 720;
    private static final double LEAST_BADGE = 80;
    private static final double AT_END = 0.999;

    private final ChatViewModel viewModel;
    private final ListView<Message> thread;
    private final FindBar find;
    private final Composer composer;
    private final VBox dropHint;
    private final BooleanBinding wide = widthProperty().greaterThanOrEqualTo(NARROW);
    private final BooleanProperty sideShown = new SimpleBooleanProperty();
    private final BooleanProperty sizeShown = new SimpleBooleanProperty();
    private final Overlay settingsPage;
    private final Overlay shortcutsPage;
    private final Overlay modelsPage;
    private final Overlay labPage;
    private final ModelsViewModel models;
    private final LabViewModel lab;
    private final PictureViewer viewer =
            new PictureViewer(task -> Thread.ofVirtual().name("picture").start(task));
    private final List<Shortcut> shortcuts = List.of(
            new Shortcut(KeyCombination.valueOf("Shortcut+N"), "New chat", this::newChat),
            new Shortcut(KeyCombination.valueOf("Shortcut+O"), "Add pictures, sounds or videos", this::pickFiles),
            new Shortcut(KeyCombination.valueOf("Shortcut+E"), "Continue the last answer", this::goOn),
            new Shortcut(KeyCombination.valueOf("Shortcut+F"), "Find in the open chat", this::findWords),
            new Shortcut(KeyCombination.valueOf("Shortcut+B"), "Show or hide the chats", this::toggleChats),
            new Shortcut(KeyCombination.valueOf("Shortcut+L"), "Show or hide the size panel", this::toggleSize),
            new Shortcut(KeyCombination.valueOf("Shortcut+D"), "Models and devices", this::showModels),
            new Shortcut(KeyCombination.valueOf("Shortcut+Shift+L"), "Lab: what the sizes are worth", this::showLab),
            new Shortcut(KeyCombination.valueOf("Shortcut+COMMA"), "Settings", this::showSettings),
            new Shortcut(KeyCombination.valueOf("F1"), "Shortcuts", this::showShortcuts),
            new Shortcut(KeyCombination.valueOf("ESC"), "Close what is open, or stop the answer", this::closeOrStop));
    private final DoubleProperty sizeWidth = new SimpleDoubleProperty(SizePanel.WIDTH);
    private boolean scrolling;

    public ChatView(
            ChatViewModel viewModel,
            ModelsViewModel models,
            LabViewModel lab,
            SettingsViewModel settings,
            Help help,
            List<Sample> samples,
            DemoNote note,
            CaptureDevices devices) {
        this.viewModel = viewModel;
        this.models = models;
        this.lab = lab;
        thread = new ListView<>(viewModel.messages());
        thread.getStyleClass().add("thread");
        thread.setAccessibleText("Conversation");
        find = new FindBar(thread);
        thread.setCellFactory(list -> new MessageCell(viewModel, find.foundProperty()));
        thread.setFocusTraversable(false);
        composer = new Composer(viewModel, devices);
        EmptyChat empty = new EmptyChat(viewModel, samples, note, this::showModels);
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
        SizePanel size = new SizePanel(viewModel.size(), viewModel.memory(), this::showLab, () -> sizeShown.set(false));
        setAlignment(size, Pos.CENTER_RIGHT);
        size.visibleProperty().bind(sizeShown);
        sizeWidth.bind(
                settings.settingsProperty().map(s -> SizePanel.WIDTH * s.fontSize() / Settings.DEFAULTS.fontSize()));
        size.minWidthProperty().bind(sizeWidth);
        size.maxWidthProperty().bind(sizeWidth);
        columns.paddingProperty()
                .bind(Bindings.createObjectBinding(this::between, widthProperty(), sideShown, sizeShown, sizeWidth));
        wide.addListener((property, before, now) -> {
            sideShown.set(now);
            sizeShown.set(now);
        });
        settingsPage = new Overlay("settings-page", "Settings", new SettingsView(settings, help));
        shortcutsPage = new Overlay("shortcuts-page", "Shortcuts", new ShortcutsView(shortcuts));
        modelsPage = new Overlay(
                "models-page",
                "Models and devices",
                WIDE_PAGE,
                () -> new ModelsView(models, new MemoryCards(viewModel.size(), viewModel.memory())));
        labPage = new Overlay("lab-page", "Lab", WIDE_PAGE, () -> new LabView(lab));
        models.problemProperty().addListener((property, before, now) -> {
            if (now != null) {
                showModels();
            }
        });
        getChildren().addAll(columns, side, size, settingsPage, shortcutsPage, modelsPage, labPage, viewer, dropHint);
        addEventHandler(OpenPicture.OPEN, e -> viewer.open(viewModel.pictures(), e.picture()));
        if (settings.problemProperty().get() != null) {
            settingsPage.open();
        }
        setUpDrop();
        followTail();
        addEventFilter(KeyEvent.KEY_PRESSED, this::onKey);
        addEventFilter(KeyEvent.KEY_TYPED, this::onTyped);
    }

    private void onKey(KeyEvent e) {
        for (Shortcut shortcut : shortcuts) {
            if (shortcut.keys().match(e)) {
                shortcut.action().run();
                if (e.getCode() != KeyCode.ESCAPE) { // open lists close by it too
                    e.consume();
                }
                return;
            }
        }
    }

    private void onTyped(KeyEvent e) {
        if (e.getCharacter().equals("?") && !writing(e)) {
            showShortcuts();
            e.consume();
        }
    }

    /** Whether a question mark belongs to a text: one that has begun, where it goes to the question. */
    private boolean writing(KeyEvent e) {
        return e.getTarget() instanceof TextInputControl field
                && !(field.getId() != null
                        && field.getId().equals("prompt")
                        && field.getText().isEmpty());
    }

    private void pickFiles() {
        composer.pickFiles();
    }

    private void toggleSize() {
        sizeShown.set(!sizeShown.get());
    }

    private List<Overlay> pages() {
        return List.of(settingsPage, shortcutsPage, modelsPage, labPage);
    }

    private void show(Overlay page) {
        pages().forEach(each -> each.setVisible(each.equals(page)));
        page.open();
    }

    private void showSettings() {
        show(settingsPage);
    }

    private void showShortcuts() {
        show(shortcutsPage);
    }

    private void showModels() {
        if (!modelsPage.isVisible()) {
            models.refresh();
            show(modelsPage);
        }
    }

    private void showLab() {
        lab.refresh();
        show(labPage);
    }

    private void closeOrStop() {
        if (viewer.isVisible()) {
            viewer.close();
        } else if (pages().stream().anyMatch(Overlay::isVisible)) {
            pages().forEach(page -> page.setVisible(false));
            composer.focusText();
        } else {
            closeDrawer();
            viewModel.stop();
            viewModel.cancelEdit();
        }
    }

    private void toggleChats() {
        sideShown.set(!sideShown.get());
    }

    private void findWords() {
        find.open();
    }

    /** Room for the side columns where the window is wide; else they lie over the thread. */
    private Insets between() {
        boolean room = wide.get();
        return new Insets(0, room && sizeShown.get() ? sizeWidth.get() : 0, 0, room && sideShown.get() ? SIDE : 0);
    }

    private void goOn() {
        viewModel.goOn();
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
        Button model = badge("model", "Model: ");
        model.textProperty()
                .bind(Bindings.createStringBinding(
                        this::modelText, viewModel.modelProperty(), viewModel.loadErrorProperty()));
        Button device = badge("device", "Device: ");
        device.setGraphic(dot());
        device.setGraphicTextGap(7);
        device.textProperty().bind(viewModel.modelProperty().map(ModelInfo::device));
        Tooltip why = new Tooltip();
        why.textProperty().bind(viewModel.modelProperty().map(m -> m.deviceReason() + " (Ctrl+D: models and devices)"));
        device.setTooltip(why);
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
        Button set = new Button("", new FontIcon("fth-settings"));
        set.setId("settings");
        set.getStyleClass().add("icon-button");
        set.setAccessibleText("Settings");
        set.setTooltip(new Tooltip("Settings (Ctrl+,)"));
        set.setOnAction(e -> showSettings());
        HBox header = new HBox(10, chats, fresh, title, gap, model, device, set, size);
        header.setAlignment(Pos.CENTER_LEFT);
        header.getStyleClass().add("header");
        return header;
    }

    /** A chip of the title bar, which opens the page of models and devices. */
    private Button badge(String id, String spoken) {
        Button badge = new Button();
        badge.setId(id);
        badge.setMnemonicParsing(false); // Q8_0
        badge.getStyleClass().add("badge");
        badge.setMinWidth(LEAST_BADGE);
        badge.setTooltip(new Tooltip("Models and devices (Ctrl+D)"));
        badge.accessibleTextProperty().bind(badge.textProperty().map(text -> spoken + text));
        badge.setOnAction(e -> showModels());
        return badge;
    }

    private String modelText() {
        ModelInfo model = viewModel.modelProperty().get();
        if (model != null) {
            File path = new File(model.id());
            return (path.isAbsolute() ? path.getName() : model.id()) + " · " + model.type();
        }
        return viewModel.loadErrorProperty().get() == null ? "Loading…" : "No model";
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
                drop(e.getDragboard().getFiles().stream().map(File::toPath).toList());
            }
            e.setDropCompleted(files);
            e.consume();
        });
    }

    private void drop(List<Path> files) {
        if (meansModels(files)) {
            showModels();
            models.add(files);
        } else {
            composer.drop(files);
        }
    }

    private boolean meansModels(List<Path> files) {
        return modelsPage.isVisible() || ModelsView.areModels(files);
    }

    private String promise(DragEvent e) {
        List<File> files = e.getDragboard().getFiles();
        String what = files.size() == 1 ? files.getFirst().getName() : files.size() + " files";
        return meansModels(files.stream().map(File::toPath).toList())
                ? "Drop to add " + what + " to the models"
                : "Drop to ask about " + what;
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
