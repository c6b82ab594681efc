package dev.matryoshka.ui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.ui.markdown.MarkdownView;
import dev.matryoshka.ui.markdown.SelectableText;
import dev.matryoshka.ui.theme.Theme;
import java.util.List;
import java.util.concurrent.TimeoutException;
import javafx.application.ColorScheme;
import javafx.application.Platform;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.input.Clipboard;
import javafx.scene.input.KeyCode;
import javafx.scene.input.MouseButton;
import javafx.scene.text.Text;
import javafx.stage.Stage;
import org.junit.jupiter.api.Test;
import org.testfx.api.FxRobot;
import org.testfx.framework.junit5.Start;
import org.testfx.util.WaitForAsyncUtils;

/** An answer's Markdown as a person sees it. */
class MarkdownWindowTest extends WindowTest {
    private static final String ANSWER = """
            ## Three ways

            Some *slanted*, **bold** and ~~struck~~ words, `inline`, a [link](https://example.org) and $e^{i\\pi_1} + a_1*b*c$ for $5.

            1. first
               - [x] done
               - [ ] open
            2. second

            > quoted words

            | fruit | price |
            | --- | ---: |
            | apple | 3 |
            | pear | 12 |

            ```java
            // adds
            int sum = a + 42; String s = "text";
            ```

            The end.
            """;

    @Start
    void start(Stage primary) {
        open(primary, List.of());
    }

    private void ask(FxRobot robot) throws TimeoutException {
        assistant.pieces = List.of(ANSWER);
        robot.clickOn("#prompt").write("How?").type(KeyCode.ENTER);
        finishedAnswer();
        await(() -> hasText("The end."));
    }

    private Text run(String words) {
        return nodes().stream()
                .filter(n -> n instanceof Text t && t.getText().equals(words))
                .map(n -> (Text) n)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no run " + words));
    }

    private SelectableText block(String beginning) {
        return nodes().stream()
                .filter(n -> n instanceof SelectableText t && t.text().startsWith(beginning))
                .map(n -> (SelectableText) n)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no block " + beginning));
    }

    @Test
    void everyKindOfBlock(FxRobot robot) throws Exception {
        ask(robot);
        assertTrue(run("Three ways").getStyleClass().contains("heading2"));
        assertTrue(run("slanted").getStyleClass().contains("emphasis"));
        assertTrue(run("bold").getStyleClass().contains("strong-text"));
        assertTrue(run("struck").getStyleClass().contains("struck"));
        assertTrue(run("link").getStyleClass().contains("link"));
        assertTrue(run("e^{i\\pi_1} + a_1*b*c").getStyleClass().contains("inline-code"));
        assertTrue(hasText("$5."));
        assertTrue(run("// adds").getStyleClass().contains("code-comment"));
        assertTrue(run("int").getStyleClass().contains("code-keyword"));
        assertTrue(run("42").getStyleClass().contains("code-number"));
        assertTrue(run("\"text\"").getStyleClass().contains("code-string"));
        assertTrue(hasText("☑") && hasText("☐") && hasText("pear") && hasText("quoted words") && hasText("java"));
        shot("markdown-light");
        Platform.runLater(() -> Theme.apply(stage.getScene(), ColorScheme.DARK));
        shot("markdown-dark");
        robot.interact(() -> stage.setWidth(480));
        shot("markdown-narrow");
    }

    @Test
    void wordsAreSelectedByTheMouseAndCopied(FxRobot robot) throws Exception {
        ask(robot);
        SelectableText quote = block("quoted words");
        robot.clickOn(quote, MouseButton.PRIMARY).clickOn(quote).clickOn(quote);
        await(() -> quote.selected().equals("quoted words"));
        robot.press(KeyCode.CONTROL, KeyCode.C).release(KeyCode.C, KeyCode.CONTROL);
        await(() -> "quoted words".equals(Clipboard.getSystemClipboard().getString()));
        SelectableText end = block("The end.");
        robot.drag(run("The end.")).dropBy(200, 0);
        await(() -> !end.selected().isEmpty() && "The end.".endsWith(end.selected()));
        assertEquals("", quote.selected());
    }

    @Test
    void copyTakesTheSourceAndCodeItsLines(FxRobot robot) throws Exception {
        ask(robot);
        fire("Copy the answer");
        await(() -> ANSWER.equals(Clipboard.getSystemClipboard().getString()));
        fire("Copy the code");
        await(() -> "// adds\nint sum = a + 42; String s = \"text\";\n"
                .equals(Clipboard.getSystemClipboard().getString()));
    }

    private void fire(String name) {
        Button button = (Button) nodes().stream()
                .filter(n -> n instanceof Button b && name.equals(b.getAccessibleText()))
                .findFirst()
                .orElseThrow();
        Platform.runLater(button::fire);
    }

    /** However it comes in pieces, it looks the same; what was finished keeps its nodes. */
    @Test
    void finishedBlocksAreFrozenWhileAnAnswerGrows() throws Exception {
        WaitForAsyncUtils.asyncFx(() -> {
                    MarkdownView whole = new MarkdownView();
                    whole.show(ANSWER);
                    MarkdownView grown = new MarkdownView();
                    Node heading = null;
                    for (int end = 1; end <= ANSWER.length(); end++) {
                        grown.show(ANSWER.substring(0, end));
                        if (heading == null && grown.getChildren().size() == 3) {
                            heading = grown.getChildren().getFirst();
                        }
                    }
                    assertSame(heading, grown.getChildren().getFirst());
                    assertEquals(kinds(whole), kinds(grown));
                    grown.show("another");
                    assertEquals(1, grown.getChildren().size());
                    return null;
                })
                .get();
    }

    private static List<String> kinds(MarkdownView view) {
        return view.getChildren().stream()
                .map(n ->
                        n instanceof SelectableText t ? t.text() : n.getClass().getSimpleName())
                .toList();
    }
}
