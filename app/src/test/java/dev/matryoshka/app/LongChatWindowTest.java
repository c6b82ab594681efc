package dev.matryoshka.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.app.history.SqliteHistory;
import dev.matryoshka.assets.EmbeddedAssets;
import dev.matryoshka.engine.Gemma3n;
import dev.matryoshka.engine.LoadOptions;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.media.image.ImageDecoder;
import dev.matryoshka.ui.ChatWindow;
import dev.matryoshka.ui.DemoNote;
import dev.matryoshka.ui.ModelChoice;
import dev.matryoshka.ui.attachment.Attachment;
import dev.matryoshka.ui.chat.ChatViewModel;
import dev.matryoshka.ui.chat.Message;
import dev.matryoshka.ui.history.HistoryViewModel;
import dev.matryoshka.ui.lab.Labs;
import dev.matryoshka.ui.models.Models;
import dev.matryoshka.ui.settings.Help;
import dev.matryoshka.ui.settings.SettingsStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javafx.application.Platform;
import javafx.stage.Stage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.testfx.api.FxRobot;
import org.testfx.framework.junit5.ApplicationExtension;
import org.testfx.framework.junit5.Start;
import org.testfx.util.WaitForAsyncUtils;

/** A real chat in the real window, driven over the end of a small context and opened again. */
@ExtendWith(ApplicationExtension.class)
@SuppressWarnings("NullAway.Init") // the window comes before each test
class LongChatWindowTest {
    private static final int LIMIT = 192;

    @TempDir
    private static Path cache = Path.of("");

    private final AssistantService assistant =
            new AssistantService(new ModelChoice("embedded", "cpu"), LongChatWindowTest::load);
    private HistoryViewModel history;
    private ChatViewModel chat;

    private static Gemma3n load(ModelChoice choice) {
        try {
            LoadOptions options = new LoadOptions(choice.model(), choice.device(), MatFormerSlice::whole, LIMIT);
            return Gemma3n.load(EmbeddedAssets.open(cache).model(), options);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Start
    void start(Stage stage) {
        history = new HistoryViewModel(() -> new SqliteHistory(cache.resolve("history.db")), Platform::runLater);
        chat = new ChatWindow(
                        stage,
                        assistant,
                        history,
                        Models.none(),
                Labs.none(),
                        List.of(),
                        new DemoNote("test"),
                        SettingsStore.none(),
                        Help.none())
                .viewModel();
        assistant.start();
    }

    @AfterEach
    void close() {
        assistant.close();
        history.close();
    }

    private static void await(Callable<Boolean> condition) throws TimeoutException {
        WaitForAsyncUtils.waitFor(
                60, TimeUnit.SECONDS, () -> WaitForAsyncUtils.asyncFx(condition).get());
    }

    private void ask(FxRobot robot, String question) throws TimeoutException {
        await(() -> chat.modelProperty().get() != null);
        robot.interact(() -> {
            chat.draftProperty().set(question);
            chat.send();
        });
        await(() -> !chat.answeringProperty().get());
    }

    private int boundary() {
        for (int i = 0; i < chat.messages().size(); i++) {
            if (chat.messages().get(i) instanceof Message.Boundary) {
                return i;
            }
        }
        return -1;
    }

    @Test
    void theLineBeforeWhatTheModelReadsMovesAndIsThereAfterReopening(FxRobot robot) throws Exception {
        Attachment.Picture picture = new Attachment.Picture(
                "car.png",
                ImageDecoder.decode(EmbeddedAssets.open(cache).samples().resolve("picture0.png")));
        robot.interact(() -> chat.attach(picture));
        ask(robot, "What is this?");
        robot.interact(() -> chat.keep(picture, true));
        int first = -1;
        for (int i = 0; i < 30 && (first < 0 || boundary() == first); i++) {
            ask(robot, i % 2 == 0 ? "What can you do?" : "What is 3 plus 4?");
            first = first < 0 ? boundary() : first;
        }
        assertTrue(first > 0 && boundary() > first, first + ", then " + boundary());
        assertInstanceOf(Message.Asked.class, chat.messages().get(boundary() + 1));
        assertEquals(
                "The model no longer sees what is above, but for what is kept",
                ((Message.Boundary) chat.messages().get(boundary())).text());
        ask(robot, "Is this a car?");
        assertEquals(
                "It is a car, so yes.",
                ((Message.Answering) chat.messages().getLast()).textProperty().get());
        int before = boundary();

        robot.interact(chat::newChat);
        robot.interact(() -> chat.open(history.chats().getFirst()));
        await(() -> !chat.messages().isEmpty() && boundary() > 0);
        assertTrue(Math.abs(boundary() - before) <= 12, boundary() + " after " + before);
        assertEquals(1, chat.kept().size());
    }
}
