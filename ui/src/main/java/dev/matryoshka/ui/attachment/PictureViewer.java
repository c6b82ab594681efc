package dev.matryoshka.ui.attachment;

import dev.matryoshka.media.image.PngWriter;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executor;
import javafx.application.Platform;
import javafx.geometry.Insets;
import javafx.geometry.Pos;
import javafx.scene.AccessibleRole;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.OverrunStyle;
import javafx.scene.control.Tooltip;
import javafx.scene.image.Image;
import javafx.scene.image.ImageView;
import javafx.scene.input.Clipboard;
import javafx.scene.input.ClipboardContent;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import javafx.stage.FileChooser;
import org.jspecify.annotations.Nullable;
import org.kordamp.ikonli.javafx.FontIcon;

/** A picture over the whole window, as large as fits. A click or Esc closes it, the arrows show the chat's other pictures. */
public final class PictureViewer extends StackPane {
    private static final double MARGIN = 24;
    private static final double BAR = 64; // below the picture
    private static final double MOST_ZOOM = 4; // of small pictures

    private final ImageView view = new ImageView();
    private final Label caption = new Label();
    private final Label place = new Label();
    private final Button previous = button("fth-chevron-left", "Picture before (Left)", () -> step(-1));
    private final Button next = button("fth-chevron-right", "Next picture (Right)", () -> step(1));
    private final Executor background;
    private List<ShownPicture> pictures = List.of();
    private int at;
    private @Nullable Node focusBefore;

    /** @param background writes files */
    public PictureViewer(Executor background) {
        this.background = background;
        setId("picture-viewer");
        getStyleClass().add("viewer");
        setVisible(false);
        focusTraversableProperty().bind(visibleProperty());
        setAccessibleRole(AccessibleRole.IMAGE_VIEW);
        view.setPreserveRatio(true);
        view.setSmooth(true);
        caption.setMinWidth(0);
        caption.setTextOverrun(OverrunStyle.CENTER_ELLIPSIS);
        place.setMinWidth(Region.USE_PREF_SIZE);
        Region gap = new Region();
        HBox.setHgrow(gap, Priority.ALWAYS);
        HBox bar = new HBox(
                8,
                previous,
                place,
                next,
                caption,
                gap,
                button("fth-copy", "Copy the picture (Ctrl+C)", this::copy),
                button("fth-download", "Save as…", this::saveAs),
                button("fth-x", "Close the picture (Esc)", this::close));
        bar.setAlignment(Pos.CENTER_LEFT);
        bar.setPadding(new Insets(0, MARGIN, 0, MARGIN));
        bar.setMinHeight(BAR);
        StackPane middle = new StackPane(view);
        middle.setMinSize(0, 0);
        VBox.setVgrow(middle, Priority.ALWAYS);
        getChildren().add(new VBox(middle, bar));
        widthProperty().addListener(property -> fit());
        heightProperty().addListener(property -> fit());
        setOnMouseClicked(e -> {
            if (e.isStillSincePress()) {
                close();
            }
        });
        addEventFilter(KeyEvent.KEY_PRESSED, this::key);
    }

    private static Button button(String icon, String name, Runnable action) {
        Button button = new Button("", new FontIcon(icon));
        button.getStyleClass().add("icon-button");
        button.setAccessibleText(name.replaceFirst(" \\(.*", ""));
        button.setTooltip(new Tooltip(name));
        button.setOnAction(e -> action.run());
        return button;
    }

    /**
     * Opens one of the chat's pictures and takes the keyboard.
     *
     * @param all to step through, in their order
     */
    public void open(List<ShownPicture> all, ShownPicture first) {
        pictures = all.contains(first) ? List.copyOf(all) : List.of(first);
        focusBefore = getScene().getFocusOwner();
        setVisible(true);
        requestFocus();
        show(pictures.indexOf(first));
    }

    /** Closes it; the keyboard goes back to where it was. */
    public void close() {
        setVisible(false);
        view.setImage(null);
        if (focusBefore != null) {
            focusBefore.requestFocus();
        }
    }

    private void step(int by) {
        show(Math.clamp(at + by, 0, pictures.size() - 1));
    }

    private void show(int index) {
        at = index;
        ShownPicture picture = pictures.get(index);
        view.setImage(Pictures.whole(picture.image()));
        fit();
        caption.setText(picture.caption());
        place.setText((index + 1) + " / " + pictures.size());
        boolean several = pictures.size() > 1;
        for (Node each : List.of(previous, place, next)) {
            each.setVisible(several);
            each.setManaged(several);
        }
        previous.setDisable(index == 0);
        next.setDisable(index == pictures.size() - 1);
        if (several && getScene().getFocusOwner() == null) { // it was on the arrow that is off now
            requestFocus();
        }
        setAccessibleText(picture.caption() + (several ? ", picture " + (index + 1) + " of " + pictures.size() : ""));
    }

    private void fit() {
        Image image = view.getImage();
        if (image != null) {
            view.setFitWidth(Math.clamp(getWidth() - 2 * MARGIN, 1, MOST_ZOOM * image.getWidth()));
            view.setFitHeight(Math.clamp(getHeight() - MARGIN - BAR, 1, MOST_ZOOM * image.getHeight()));
        }
    }

    private void key(KeyEvent e) {
        switch (e.getCode()) {
            case LEFT -> step(-1);
            case RIGHT -> step(1);
            case C -> {
                if (!e.isShortcutDown()) {
                    return;
                }
                copy();
            }
            default -> {
                return;
            }
        }
        e.consume();
    }

    private void copy() {
        ClipboardContent content = new ClipboardContent();
        content.putImage(view.getImage());
        Clipboard.getSystemClipboard().setContent(content);
        caption.setText("Copied");
    }

    private void saveAs() {
        FileChooser chooser = new FileChooser();
        chooser.setTitle("Save the picture as PNG");
        String name = pictures.get(at).name();
        int end = name.lastIndexOf('.');
        chooser.setInitialFileName((end > 0 ? name.substring(0, end) : name).replaceAll("[/\\\\:]", "-") + ".png");
        File file = chooser.showSaveDialog(getScene().getWindow());
        if (file != null) {
            save(file.toPath());
        }
    }

    /** Writes the picture that is shown as PNG; where that fails, says why. */
    public void save(Path file) {
        ShownPicture picture = pictures.get(at);
        background.execute(() -> {
            String said = "Saved as " + file.getFileName();
            try {
                Files.write(file, PngWriter.bytes(picture.image()));
            } catch (IOException e) {
                said = "It can't be written to " + file + ": free some space or choose another folder";
            }
            String told = said;
            Platform.runLater(() -> caption.setText(told));
        });
    }
}
