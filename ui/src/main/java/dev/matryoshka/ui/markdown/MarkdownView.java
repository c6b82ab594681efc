package dev.matryoshka.ui.markdown;

import java.util.List;
import javafx.scene.layout.VBox;
import org.commonmark.ext.gfm.strikethrough.StrikethroughExtension;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.ext.task.list.items.TaskListItemsExtension;
import org.commonmark.node.Node;
import org.commonmark.parser.IncludeSourceSpans;
import org.commonmark.parser.Parser;

/**
 * CommonMark with tables, strikethrough and task lists, as it grows. A block that another one follows is finished: it is neither
 * parsed nor laid out again, so what a token costs doesn't grow with the answer.
 */
public final class MarkdownView extends VBox {
    private static final double APART = 10;
    private static final Parser PARSER = Parser.builder()
            .extensions(
                    List.of(TablesExtension.create(), StrikethroughExtension.create(), TaskListItemsExtension.create()))
            .customInlineContentParserFactory(FormulaParser.FACTORY)
            .includeSourceSpans(IncludeSourceSpans.BLOCKS)
            .build();

    private String source = "";
    private int frozen; // characters of finished blocks
    private int finished; // their number

    public MarkdownView() {
        super(APART);
        getStyleClass().add("markdown");
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
        getChildren().remove(finished, getChildren().size());
        String tail = text.substring(frozen);
        int begin = 0;
        for (Node block = PARSER.parse(tail).getFirstChild(); block != null; block = block.getNext()) {
            int at = block.getSourceSpans().isEmpty()
                    ? begin
                    : block.getSourceSpans().getFirst().getInputIndex();
            if (tail.indexOf('\n', at) >= 0) { // the first half of a line may still belong to the block before
                begin = at;
                finished = getChildren().size();
            }
            getChildren().add(Blocks.of(block));
        }
        frozen += begin;
    }
}
