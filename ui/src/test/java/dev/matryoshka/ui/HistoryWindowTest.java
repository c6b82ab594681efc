package dev.matryoshka.ui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.engine.error.HistoryException;
import dev.matryoshka.ui.chat.Message;
import dev.matryoshka.ui.history.ChatSummary;
import dev.matryoshka.ui.history.HistoryViewModel;
import dev.matryoshka.ui.theme.Theme;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeoutException;
import javafx.application.ColorScheme;
import javafx.application.Platform;
import javafx.scene.Node;
import javafx.scene.control.Label;
import javafx.scene.control.ListView;
import javafx.scene.input.KeyCode;
import javafx.stage.Stage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testfx.api.FxRobot;
import org.testfx.framework.junit5.Start;
import org.testfx.util.WaitForAsyncUtils;

/** Earlier chats in the window, as a person uses them. */
class HistoryWindowTest extends WindowTest {
    private static final String MUSHROOM = "Which mushroom is this?";

    private final MemoryHistory memory = new MemoryHistory();
    private HistoryViewModel kept = HistoryViewModel.none();

    @Override
    HistoryViewModel history() {
        kept = new HistoryViewModel(() -> memory, Platform::runLater);
        return kept;
    }

    @Start
    void start(Stage primary) {
        open(primary, List.of());
    }

    @AfterEach
    void close() {
        kept.close();
    }

    private List<String> titles() {
        return kept.chats().stream().map(ChatSummary::title).toList();
    }

    private Message.Answering ask(FxRobot robot, String question) throws TimeoutException {
        int before = window.viewModel().messages().size();
        robot.clickOn("#prompt").write(question).type(KeyCode.ENTER);
        await(() -> window.viewModel().messages().size() == before + 2
                && window.viewModel().messages().getLast() instanceof Message.Answering a
                && a.answerProperty().get() != null);
        return (Message.Answering) window.viewModel().messages().getLast();
    }

    @Test
    void aQuestionBeginsAChatThatCanBeLeftAndOpenedAgain(FxRobot robot) throws Exception {
        await(() -> titles().equals(List.of(MUSHROOM)) && hasText("YESTERDAY"));
        ask(robot, "What is this?");
        ask(robot, "And that?");
        await(() -> titles().equals(List.of("What is this?", MUSHROOM)) && hasText("TODAY"));
        shot("history-light");
        Platform.runLater(() -> Theme.apply(stage.getScene(), ColorScheme.DARK));
        WaitForAsyncUtils.waitForFxEvents();
        shot("history-dark");

        robot.clickOn(MUSHROOM);
        await(() -> hasText("A fly agaric.")
                && window.viewModel().titleProperty().get().equals(MUSHROOM));
        assertEquals(2, window.viewModel().messages().size());
        await(() -> assistant.resumed.size() == 1);
        assertEquals("A fly agaric.", assistant.resumed.getFirst().answer());

        robot.clickOn("What is this?");
        await(() -> window.viewModel().messages().size() == 4 && assistant.resumed.size() == 2);
        assertEquals("An elephant.", assistant.resumed.getLast().answer());
        assertEquals(13, window.viewModel().contextUsedProperty().get());
        await(() -> hasText("12.5 tokens/s"));
        ask(robot, "So it goes on");
        await(() -> titles().size() == 2);
    }

    @Test
    void searchRenamePinDeleteAndUndoByKeyboard(FxRobot robot) throws Exception {
        ask(robot, "What is this?");
        await(() -> titles().size() == 2);
        robot.clickOn("#search").write("mush");
        await(() -> titles().equals(List.of(MUSHROOM)));
        robot.eraseText(4);
        await(() -> titles().size() == 2);

        ListView<?> list = (ListView<?>) stage.getScene().lookup("#chats");
        robot.interact(() -> {
            list.requestFocus();
            list.getSelectionModel().clearAndSelect(3);
        });
        robot.type(KeyCode.F2);
        shot("history-rename");
        robot.write("Amanita").type(KeyCode.ENTER);
        await(() -> titles().equals(List.of("What is this?", "Amanita")));
        robot.interact(() -> kept.pin(kept.chats().getLast(), true));
        await(() -> titles().equals(List.of("Amanita", "What is this?")) && hasText("PINNED"));

        robot.interact(() -> {
            list.requestFocus();
            list.getSelectionModel().clearAndSelect(3);
        });
        robot.type(KeyCode.DELETE);
        await(() -> titles().equals(List.of("Amanita"))
                && stage.getScene().lookup("#undo").getParent().isVisible());
        assertTrue(window.viewModel().messages().isEmpty(), "the open chat is left");
        shot("history-undo");
        robot.clickOn("#undo");
        await(() -> titles().size() == 2);
        assertFalse(stage.getScene().lookup("#undo").getParent().isVisible());
    }

    @Test
    void questionsChangedAndAskedAgainAreVersionsWithArrows(FxRobot robot) throws Exception {
        ask(robot, "What is this?");
        assistant.pieces = List.of("Perhaps ", "a mouse.");
        robot.clickOn(named("Ask again"));
        await(() -> hasText("Perhaps a mouse.") && hasText("2 / 2") && !hasText("An elephant."));
        await(() -> assistant.resumed.isEmpty());
        ask(robot, "How big is it?");
        shot("versions-light");
        Platform.runLater(() -> Theme.apply(stage.getScene(), ColorScheme.DARK));
        WaitForAsyncUtils.waitForFxEvents();
        shot("versions-dark");

        robot.clickOn(named("Version before"));
        await(() -> hasText("An elephant.") && hasText("1 / 2") && !hasText("How big is it?"));
        assertEquals("An elephant.", assistant.resumed.getLast().answer());
        robot.clickOn(named("Version after"));
        await(() -> hasText("How big is it?") && assistant.resumed.size() == 2);
        assertEquals("Perhaps a mouse.", assistant.resumed.getFirst().answer());

        robot.clickOn(named("Change the question"));
        await(() -> stage.getScene().lookup("#editing").isVisible()
                && window.viewModel().draftProperty().get().equals("What is this?"));
        shot("editing-light");
        robot.type(KeyCode.ESCAPE);
        await(() -> !stage.getScene().lookup("#editing").isVisible()
                && window.viewModel().draftProperty().get().isEmpty());
        robot.clickOn(named("Change the question"));
        robot.write(" A whale?").type(KeyCode.ENTER);
        await(() -> hasText("What is this? A whale?") && hasText("3 / 3"));

        robot.clickOn(MUSHROOM);
        await(() -> hasText("A fly agaric."));
        robot.clickOn("What is this?");
        await(() -> hasText("What is this? A whale?") && hasText("3 / 3"));
        robot.clickOn(named("Version before"));
        await(() -> hasText("How big is it?") && hasText("2 / 3"));
    }

    @Test
    void anAnswerThatWasInterruptedGoesOnWhenItsChatIsOpened(FxRobot robot) throws Exception {
        await(() -> titles().size() == 1);
        robot.clickOn(MUSHROOM);
        await(() -> hasText("A fly agaric.") && hasText("interrupted") && hasText("Continue"));
        shot("interrupted");
        robot.press(KeyCode.CONTROL, KeyCode.E).release(KeyCode.E, KeyCode.CONTROL);
        await(() -> hasText("A fly agaric. And more.") && !hasText("interrupted"));
        await(() -> memory.open(1, 30).getFirst().answers().getFirst().made() != null);
        assertEquals(
                "A fly agaric. And more.",
                memory.open(1, 30).getFirst().answers().getFirst().text());
    }

    @Test
    void aReplaySaysWhetherTheTextIsTheSame(FxRobot robot) throws Exception {
        String replay = "Replay with the same settings and seed";
        ask(robot, "What is this?");
        robot.clickOn(named(replay));
        await(() -> hasText("replayed: the same text") && hasText("2 / 2"));
        shot("replayed-light");
        assertEquals(1, assistant.replayed.getFirst().generation().seed());
        assistant.pieces = List.of("A mouse.");
        robot.clickOn(named(replay));
        await(() -> hasText("replayed: another text") && hasText("3 / 3"));
    }

    /** The first control of that name that can be seen. */
    private Node named(String name) {
        return nodes().stream()
                .filter(node -> name.equals(node.getAccessibleText()) && node.isVisible() && !node.isDisabled())
                .filter(node -> node.getScene() != null
                        && node.localToScene(node.getBoundsInLocal()).getMinY() > 0)
                .min(Comparator.comparingDouble(node -> node.localToScene(0, 0).getY()))
                .orElseThrow();
    }

    @Test
    void wordsAreFoundInTheOpenChat(FxRobot robot) throws Exception {
        ask(robot, "Where is the harbour?");
        ask(robot, "And the station?");
        robot.press(KeyCode.CONTROL, KeyCode.F).release(KeyCode.F, KeyCode.CONTROL);
        robot.write("HARBOUR");
        Label count = (Label) stage.getScene().lookup("#find-count");
        await(() -> count.getText().equals("1 of 1"));
        await(() -> stage.getScene().getRoot().lookupAll(".list-cell:found").size() == 1);
        shot("find-light");
        robot.eraseText(7).write("elephant");
        await(() -> count.getText().equals("2 of 2"));
        robot.type(KeyCode.ENTER);
        await(() -> count.getText().equals("1 of 2"));
        robot.write("x");
        await(() -> count.getText().equals("not found"));
        robot.type(KeyCode.ESCAPE);
        await(() -> !stage.getScene().lookup("#find").getParent().isVisible());
    }

    @Test
    void inANarrowWindowTheChatsAreADrawer(FxRobot robot) throws Exception {
        robot.interact(() -> stage.setWidth(560));
        await(() -> button("#show-chats").isVisible()
                && !stage.getScene().lookup("#chats").getParent().getParent().isVisible());
        robot.clickOn("#show-chats");
        await(() -> hasText(MUSHROOM));
        shot("history-drawer");
        robot.clickOn(MUSHROOM);
        await(() -> hasText("A fly agaric.") && button("#show-chats").isVisible());
    }

    @Test
    void whereNothingCanBeKeptTheChatGoesOnAndSaysWhy(FxRobot robot) throws Exception {
        memory.failure = new HistoryException("the disk is full", "free some space");
        ask(robot, "What is this?");
        await(() -> hasText("the disk is full: free some space"));
        shot("history-problem");
    }

    @Test
    void aStoppedQuestionIsStoppedEvenBeforeItIsAsked(FxRobot robot) throws Exception {
        assistant.endless = true;
        robot.clickOn("#prompt").write("Go on for ever");
        robot.interact(() -> {
            window.viewModel().send();
            window.viewModel().stop();
        });
        finishedAnswer();
        assertFalse(window.viewModel().answeringProperty().get());
    }

    @Test
    void exportedAsMarkdown(@TempDir Path folder) throws Exception {
        await(() -> titles().size() == 1);
        Path file = folder.resolve("out.md");
        WaitForAsyncUtils.asyncFx(() -> kept.export(kept.chats().getFirst(), file))
                .get();
        await(() -> Files.exists(file) && Files.readString(file).contains("agaric"));
        assertEquals(
                "# Which mushroom is this?\n\n## You\n\nWhich mushroom is this?\n\n## E2B\n\nA fly agaric.\n",
                Files.readString(file));
    }
}
