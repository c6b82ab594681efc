package dev.matryoshka.ui;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.ui.markdown.MarkdownView;
import dev.matryoshka.ui.markdown.SelectableText;
import dev.matryoshka.ui.theme.Theme;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import javafx.application.ColorScheme;
import javafx.application.Platform;
import javafx.geometry.Bounds;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.skin.VirtualFlow;
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
                        if (heading == null && grown.blocks().size() == 3) {
                            heading = grown.blocks().getFirst();
                        }
                    }
                    assertSame(heading, grown.blocks().getFirst());
                    assertEquals(kinds(whole), kinds(grown));
                    grown.show("another");
                    assertEquals(1, grown.blocks().size());
                    return null;
                })
                .get();
    }

    @Test
    void ofALongAnswerThereIsOnlyWhatIsNearTheWindow(FxRobot robot) throws Exception {
        assistant.pieces = IntStream.range(0, 400)
                .mapToObj(i -> "Paragraph " + i + ".\n\n" + (i % 10 == 0 ? "```java\nint a;\n```\n\n" : ""))
                .toList();
        robot.clickOn("#prompt").write("How?").type(KeyCode.ENTER);
        finishedAnswer();
        await(() -> shown("Paragraph 399.") && held() < 120);
        double whole = answer().getHeight();
        for (double position = 1; position >= 0; position -= 0.05) {
            scrollTo(position);
            await(() -> held() < 120);
            double middle = stage.getScene().getHeight() / 2;
            assertTrue(answer().getChildrenUnmodifiable().stream().anyMatch(block -> contains(block, middle)));
        }
        scrollTo(0);
        await(() -> shown("Paragraph 0."));
        assertEquals(whole, answer().getHeight());
        shot("long-answer");

        String large = Base64.getEncoder().encodeToString(".answer .body { -fx-font-size: 28px; }".getBytes(UTF_8));
        robot.interact(() -> stage.getScene().getStylesheets().add("data:text/css;base64," + large));
        await(() -> answer().getHeight() > 1.3 * whole && held() < 120);
    }

    private MarkdownView answer() {
        return (MarkdownView) stage.getScene().lookup(".markdown");
    }

    private int held() {
        return answer().getChildrenUnmodifiable().size();
    }

    private boolean shown(String words) {
        return nodes().stream()
                .anyMatch(n -> n instanceof Text t
                        && t.getText().equals(words)
                        && stage.getScene()
                                .getRoot()
                                .localToScene(stage.getScene().getRoot().getBoundsInLocal())
                                .contains(t.localToScene(t.getBoundsInLocal())));
    }

    private static boolean contains(Node block, double y) {
        Bounds bounds = block.localToScene(block.getBoundsInLocal());
        return bounds.getMinY() - 20 <= y && y <= bounds.getMaxY() + 20; // they are 10 apart
    }

    private void scrollTo(double position) {
        Platform.runLater(() -> {
            if (stage.getScene().lookup(".thread .virtual-flow") instanceof VirtualFlow<?> flow) {
                flow.setPosition(position);
            }
        });
        WaitForAsyncUtils.waitForFxEvents();
    }

    private static List<String> kinds(MarkdownView view) {
        return view.blocks().stream()
                .map(n ->
                        n instanceof SelectableText t ? t.text() : n.getClass().getSimpleName())
                .toList();
    }
}
