package dev.matryoshka.ui.markdown;

import java.util.List;
import javafx.geometry.Pos;
import javafx.scene.control.Label;
import javafx.scene.control.Separator;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import javafx.scene.text.Text;
import org.commonmark.ext.gfm.tables.TableBlock;
import org.commonmark.ext.gfm.tables.TableCell;
import org.commonmark.ext.gfm.tables.TableRow;
import org.commonmark.ext.task.list.items.TaskListItemMarker;
import org.commonmark.node.BlockQuote;
import org.commonmark.node.BulletList;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.Heading;
import org.commonmark.node.HtmlBlock;
import org.commonmark.node.IndentedCodeBlock;
import org.commonmark.node.LinkReferenceDefinition;
import org.commonmark.node.ListBlock;
import org.commonmark.node.Node;
import org.commonmark.node.OrderedList;
import org.commonmark.node.ThematicBreak;

/** A block of Markdown as what shows it. */
final class Blocks {
    private static final double LINE_SPACING = 4;
    private static final double APART = 10;
    private static final String BODY = "body";

    private Blocks() {}

    static Region of(Node block) {
        return switch (block) {
            case Heading heading -> words(heading, "heading" + Math.min(4, heading.getLevel()));
            case FencedCodeBlock code -> {
                String info = code.getInfo() == null ? "" : code.getInfo().strip();
                yield new CodeBlock(code.getLiteral(), info.split("\\s", 2)[0]);
            }
            case IndentedCodeBlock code -> new CodeBlock(code.getLiteral(), "");
            case BlockQuote quote -> {
                VBox box = children(quote);
                box.getStyleClass().add("quote");
                yield box;
            }
            case ListBlock list -> list(list);
            case TableBlock table -> table(table);
            case ThematicBreak line -> new Separator();
            case HtmlBlock html -> plain(html.getLiteral());
            case LinkReferenceDefinition definition -> new Region();
            default -> words(block, BODY);
        };
    }

    private static SelectableText plain(String text) {
        Text run = new Text(text.stripTrailing());
        run.getStyleClass().add(BODY);
        return new SelectableText(List.of(run));
    }

    private static SelectableText words(Node parent, String style) {
        SelectableText words = Inlines.of(parent, style);
        words.setLineSpacing(LINE_SPACING);
        return words;
    }

    private static VBox children(Node parent) {
        VBox box = new VBox(APART);
        for (Node child = parent.getFirstChild(); child != null; child = child.getNext()) {
            box.getChildren().add(of(child));
        }
        return box;
    }

    private static VBox list(ListBlock list) {
        VBox box = new VBox(list.isTight() ? LINE_SPACING : APART);
        Integer start = list instanceof OrderedList ordered ? ordered.getMarkerStartNumber() : null;
        int number = start == null ? 1 : start;
        for (Node item = list.getFirstChild(); item != null; item = item.getNext()) {
            Label marker = new Label(marker(item, list instanceof BulletList ? "•" : number++ + "."));
            marker.getStyleClass().add("marker");
            marker.setMinWidth(Region.USE_PREF_SIZE);
            VBox content = children(item);
            content.setSpacing(box.getSpacing());
            HBox.setHgrow(content, Priority.ALWAYS);
            box.getChildren().add(new HBox(8, marker, content));
        }
        return box;
    }

    private static String marker(Node item, String plain) {
        if (item.getFirstChild() instanceof TaskListItemMarker task) {
            task.unlink();
            return task.isChecked() ? "☑" : "☐";
        }
        return plain;
    }

    private static GridPane table(TableBlock table) {
        GridPane grid = new GridPane();
        grid.getStyleClass().add("table");
        grid.setMaxWidth(Region.USE_PREF_SIZE);
        int row = 0;
        for (Node part = table.getFirstChild(); part != null; part = part.getNext()) { // head, body
            for (Node line = part.getFirstChild(); line instanceof TableRow; line = line.getNext()) {
                int column = 0;
                for (Node node = line.getFirstChild(); node instanceof TableCell cell; node = node.getNext()) {
                    HBox box = new HBox(words(cell, cell.isHeader() ? "strong-text" : BODY));
                    box.getStyleClass().add(cell.isHeader() ? "table-head" : "table-cell");
                    box.setAlignment(position(cell));
                    grid.add(box, column++, row);
                }
                row++;
            }
        }
        return grid;
    }

    private static Pos position(TableCell cell) {
        return cell.getAlignment() == null
                ? Pos.CENTER_LEFT
                : switch (cell.getAlignment()) {
                    case LEFT -> Pos.CENTER_LEFT;
                    case CENTER -> Pos.CENTER;
                    case RIGHT -> Pos.CENTER_RIGHT;
                };
    }
}
