package dev.matryoshka.ui.markdown;

import dev.matryoshka.ui.Browser;
import java.util.ArrayList;
import java.util.List;
import javafx.scene.text.Text;
import org.commonmark.ext.gfm.strikethrough.Strikethrough;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Code;
import org.commonmark.node.CustomNode;
import org.commonmark.node.Emphasis;
import org.commonmark.node.HardLineBreak;
import org.commonmark.node.HtmlInline;
import org.commonmark.node.Image;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.node.SoftLineBreak;
import org.commonmark.node.StrongEmphasis;

/** The inside of a paragraph as runs of one style each. */
final class Inlines extends AbstractVisitor {
    private final List<Text> runs = new ArrayList<>();
    private final List<String> styles = new ArrayList<>();
    private String address = "";

    private Inlines() {}

    /** @param style of all of it */
    static SelectableText of(Node parent, String style) {
        Inlines inlines = new Inlines();
        inlines.styles.add(style);
        inlines.visitChildren(parent);
        return new SelectableText(inlines.runs);
    }

    private void add(String text) {
        Text run = new Text(text);
        run.getStyleClass().addAll(styles);
        if (Browser.opens(address)) {
            String target = address;
            run.getStyleClass().add("link");
            run.setOnMouseClicked(e -> {
                if (e.isStillSincePress()) {
                    Browser.open(target);
                }
            });
        }
        runs.add(run);
    }

    private void styled(Node node, String style) {
        styles.add(style);
        visitChildren(node);
        styles.removeLast();
    }

    @Override
    public void visit(org.commonmark.node.Text text) {
        add(text.getLiteral());
    }

    @Override
    public void visit(Code code) {
        styles.add("inline-code");
        add(code.getLiteral());
        styles.removeLast();
    }

    @Override
    public void visit(HtmlInline html) {
        add(html.getLiteral());
    }

    @Override
    public void visit(Emphasis emphasis) {
        styled(emphasis, "emphasis");
    }

    @Override
    public void visit(StrongEmphasis strong) {
        styled(strong, "strong-text");
    }

    @Override
    public void visit(Link link) {
        address = link.getDestination();
        visitChildren(link);
        address = "";
    }

    /** Nothing is fetched: what the picture shows, in words. */
    @Override
    public void visit(Image image) {
        visitChildren(image);
    }

    @Override
    public void visit(SoftLineBreak line) {
        add(" ");
    }

    @Override
    public void visit(HardLineBreak line) {
        add("\n");
    }

    @Override
    public void visit(CustomNode node) {
        if (node instanceof Strikethrough struck) {
            styled(struck, "struck");
        } else {
            visitChildren(node);
        }
    }
}
