package dev.matryoshka.ui.markdown;

import java.util.ArrayList;
import java.util.List;
import javafx.application.Platform;
import javafx.beans.InvalidationListener;
import javafx.geometry.HPos;
import javafx.geometry.Orientation;
import javafx.geometry.VPos;
import javafx.scene.Scene;
import javafx.scene.layout.Region;
import org.commonmark.ext.gfm.strikethrough.StrikethroughExtension;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.ext.task.list.items.TaskListItemsExtension;
import org.commonmark.node.Node;
import org.commonmark.parser.IncludeSourceSpans;
import org.commonmark.parser.Parser;
import org.jspecify.annotations.Nullable;

/**
 * CommonMark with tables, strikethrough and task lists, as it grows. A block that another one follows is finished: it is neither
 * parsed nor laid out again. Blocks far from what the window shows are no children, but as much room as they took: styles are looked up
 * anew for whatever is below a list's cell each time that the cell grows. So what a token costs doesn't grow with the answer.
 */
public final class MarkdownView extends Region {
    private static final double APART = 10;
    private static final double MARGIN = 600; // above and below the window, in pixels
    private static final Parser PARSER = Parser.builder()
            .extensions(
                    List.of(TablesExtension.create(), StrikethroughExtension.create(), TaskListItemsExtension.create()))
            .customInlineContentParserFactory(FormulaParser.FACTORY)
            .includeSourceSpans(IncludeSourceSpans.BLOCKS)
            .build();

    private final List<Block> blocks = new ArrayList<>();
    private final Runnable beforeLayout = this::holdWhatIsNear;
    private final InvalidationListener otherStyles = sheets -> Platform.runLater(this::showAnew);
    private String source = "";
    private int frozen; // characters of finished blocks
    private int finished; // their number

    /** A block and what it takes. */
    private static final class Block {
        private final Region node;
        private double width = -1; // that the height belongs to
        private double height;

        Block(Region node) {
            this.node = node;
        }

        /** Measures it, unless it is out of sight and was measured at this width. */
        double height(double atWidth) {
            if (node.getParent() != null || atWidth != width) {
                width = atWidth;
                height = node.prefHeight(atWidth);
            }
            return height;
        }
    }

    public MarkdownView() {
        getStyleClass().add("markdown");
        sceneProperty().addListener((property, before, now) -> {
            if (before != null) {
                before.removePreLayoutPulseListener(beforeLayout);
                before.getStylesheets().removeListener(otherStyles);
            }
            if (now != null) {
                now.addPreLayoutPulseListener(beforeLayout);
                now.getStylesheets().addListener(otherStyles);
            }
        });
        localToSceneTransformProperty().addListener(property -> Platform.requestNextPulse()); // it was scrolled
    }

    /** Shows a text; cheap where it begins with the one before. */
    public void show(String text) {
        if (text.equals(source)) {
            return;
        }
        if (!text.startsWith(source)) {
            frozen = 0;
            finished = 0;
        }
        source = text;
        List<Block> replaced = blocks.subList(finished, blocks.size());
        replaced.forEach(block -> getChildren().remove(block.node));
        replaced.clear();
        String tail = text.substring(frozen);
        int begin = 0;
        for (Node block = PARSER.parse(tail).getFirstChild(); block != null; block = block.getNext()) {
            int at = block.getSourceSpans().isEmpty()
                    ? begin
                    : block.getSourceSpans().getFirst().getInputIndex();
            if (tail.indexOf('\n', at) >= 0) { // the first half of a line may still belong to the block before
                begin = at;
                finished = blocks.size();
            }
            Block added = new Block(Blocks.of(block));
            blocks.add(added);
            getChildren().add(added.node);
        }
        frozen += begin;
    }

    /** All blocks in their order, also those out of sight. */
    public List<Region> blocks() {
        return blocks.stream().map(block -> block.node).toList();
    }

    /** Takes the blocks near the window in, and those far from it out; unmeasured ones stay. */
    private void holdWhatIsNear() {
        Scene scene = getScene();
        if (scene == null || blocks.isEmpty()) {
            return;
        }
        double y = localToScene(0, 0).getY() + snappedTopInset();
        int at = 0;
        for (Block block : blocks) {
            boolean held = block.node.getParent() != null;
            boolean near = y + block.height >= -MARGIN && y <= scene.getHeight() + MARGIN;
            boolean wanted = near || block.width < 0 || (held && hasFocus(block.node, scene));
            if (wanted && !held) {
                getChildren().add(at, block.node);
            } else if (!wanted && held) {
                getChildren().remove(at);
            }
            at += wanted ? 1 : 0;
            y += block.height + APART;
        }
    }

    /** Text of another size takes another height: everything is made anew, once the scene has taken note of its sheets. */
    private void showAnew() {
        String text = source;
        show("");
        show(text);
    }

    /** Whether the keyboard, and so what is selected, is in a block. */
    private static boolean hasFocus(Region block, Scene scene) {
        javafx.scene.@Nullable Node at = scene.getFocusOwner();
        while (at != null && !at.equals(block)) {
            at = at.getParent();
        }
        return at != null;
    }

    @Override
    public Orientation getContentBias() {
        return Orientation.HORIZONTAL;
    }

    @Override
    protected double computePrefWidth(double height) {
        double widest = 0;
        for (javafx.scene.Node child : getManagedChildren()) {
            widest = Math.max(widest, child.prefWidth(-1));
        }
        return snappedLeftInset() + widest + snappedRightInset();
    }

    @Override
    protected double computeMinHeight(double width) {
        return computePrefHeight(width);
    }

    @Override
    protected double computePrefHeight(double width) {
        double inside = (width < 0 ? prefWidth(-1) : width) - snappedLeftInset() - snappedRightInset();
        double height = Math.max(0, blocks.size() - 1) * APART;
        for (Block block : blocks) {
            height += block.height(inside);
        }
        return snappedTopInset() + height + snappedBottomInset();
    }

    @Override
    protected void layoutChildren() {
        double width = getWidth() - snappedLeftInset() - snappedRightInset();
        double y = snappedTopInset();
        for (Block block : blocks) {
            double height = block.height(width);
            if (block.node.getParent() != null) {
                layoutInArea(block.node, snappedLeftInset(), y, width, height, 0, HPos.LEFT, VPos.TOP);
            }
            y += height + APART;
        }
        Platform.requestNextPulse(); // what is measured now may go
    }
}
