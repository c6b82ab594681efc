package dev.matryoshka.app.history;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.engine.Answer;
import dev.matryoshka.engine.Answer.SliceUse;
import dev.matryoshka.engine.Answer.StopReason;
import dev.matryoshka.engine.GenerationConfig;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.error.HistoryException;
import dev.matryoshka.engine.preprocess.RgbImage;
import dev.matryoshka.media.audio.WavWriter;
import dev.matryoshka.media.video.Video;
import dev.matryoshka.ui.attachment.Attachment;
import dev.matryoshka.ui.history.ChatSummary;
import dev.matryoshka.ui.history.StoredAnswer;
import dev.matryoshka.ui.history.StoredAnswer.Made;
import dev.matryoshka.ui.history.StoredTurn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteHistoryTest {
    private static final float[] SOUND = {0.25f, -1, 1e-6f, 0};
    private static final RgbImage IMAGE = new RgbImage(2, 1, new byte[] {1, 2, 3, (byte) 250, (byte) 251, (byte) 252});
    private static final Answer ANSWER = new Answer(
            "An elephant.",
            10,
            3,
            0.5,
            100,
            12.5,
            StopReason.STOPPED,
            new GenerationConfig(1, 64, 0.95f, 0, 1, 7, 256),
            List.of(
                    new SliceUse(new MatFormerSlice("half", Set.of(3), List.of(64, 32)), 0, false),
                    new SliceUse(new MatFormerSlice("whole", Set.of(), List.of(64, 64)), 2, true)),
            new Answer.Drafts(1, 2, 1));

    private static final String SILENCE = HexFormat.of().formatHex(WavWriter.bytes(new float[16]));

    @TempDir
    private Path folder = Path.of("");

    @SuppressWarnings("NullAway.Init") // before each test, when the folder is there
    private SqliteHistory history;

    private SqliteHistory open() {
        return new SqliteHistory(folder.resolve("with spaces ä/history.db"));
    }

    @BeforeEach
    void begin() {
        history = open();
    }

    private void start() {
        history.close();
        history = open();
    }

    @AfterEach
    void close() {
        history.close();
    }

    private static Attachment.Picture picture(String name) {
        return new Attachment.Picture(name, IMAGE);
    }

    private long chat(String title, String question, String answer, Attachment.Ready... attachments) {
        long chat = history.begin(title);
        long turn = history.ask(chat, question, List.of(attachments));
        history.grow(turn, 0, "whole", answer);
        return chat;
    }

    private List<String> titles(String search) {
        return history.chats(search).stream().map(ChatSummary::title).toList();
    }

    @Test
    void everythingComesBackAfterARestart() {
        long chat = history.begin("Elephants");
        Video video = new Video(2.5, List.of(new Video.Frame(0, IMAGE), new Video.Frame(1.5, IMAGE)), SOUND);
        long turn = history.ask(
                chat,
                "What is it?",
                List.of(
                        picture("röd.png"),
                        new Attachment.Sound("note.wav", SOUND),
                        new Attachment.Film("clip.mp4", video, video.parts(30))));
        history.grow(turn, 0, "half", "An ele");
        history.finish(
                turn, 0, new StoredAnswer("half", "An elephant.", new Made(ANSWER, "test/m", "BF16", "CPU", 42)));
        history.grow(turn, 1, "whole", "A");
        history.grow(turn, 1, "whole", "A whale");
        history.ask(chat, "And now?", List.of());
        start();

        List<StoredTurn> turns = history.open(chat, 30);
        assertEquals(
                List.of("What is it?", "And now?"),
                turns.stream().map(StoredTurn::question).toList());
        StoredTurn first = turns.getFirst();
        assertEquals(
                List.of(
                        new StoredAnswer("half", "An elephant.", new Made(ANSWER, "test/m", "BF16", "CPU", 42)),
                        new StoredAnswer("whole", "A whale", null)),
                first.answers());
        Attachment.Picture picture =
                assertInstanceOf(Attachment.Picture.class, first.attachments().get(0));
        assertEquals("röd.png", picture.name());
        assertArrayEquals(IMAGE.rgb(), picture.image().rgb());
        Attachment.Sound sound =
                assertInstanceOf(Attachment.Sound.class, first.attachments().get(1));
        assertArrayEquals(SOUND, sound.samples());
        Attachment.Film film =
                assertInstanceOf(Attachment.Film.class, first.attachments().get(2));
        assertEquals(1.5, film.video().frames().get(1).seconds());
        assertArrayEquals(SOUND, film.video().sound());
        assertEquals(5, film.parts().size());
        assertEquals(List.of(), turns.get(1).answers());
    }

    @Test
    void searchLooksAtTitlesQuestionsAnswersAndNamesOfFiles() {
        chat("Sunset", "Where was this taken?", "At a small harbour", picture("pier_2.jpg"));
        chat("Recipe", "100% rye?", "Use less water");
        assertEquals(List.of("Sunset"), titles("HARBOUR"));
        assertEquals(List.of("Sunset"), titles("pier where"));
        assertEquals(List.of("Recipe"), titles("100%"));
        assertEquals(List.of("Sunset"), titles("r_2"));
        assertEquals(List.of(), titles("harbour rye"));
        assertEquals(List.of("Recipe", "Sunset"), titles("  "));
    }

    @Test
    void pinnedChatsComeFirstAndRenamedOnesKeepTheirName() {
        long first = chat("one", "a", "b");
        chat("two", "a", "b");
        history.pin(first, true);
        history.rename(first, "uno");
        assertEquals(List.of("uno", "two"), titles(""));
        history.pin(first, false);
        assertEquals(List.of("two", "uno"), titles(""));
    }

    @Test
    void aDeletedChatComesBackUntilTheHistoryIsClosed() throws SQLException {
        long first = chat("one", "a", "b", picture("same.png"));
        long second = chat("two", "a", "b", picture("same.png"), new Attachment.Sound("s.wav", SOUND));
        assertEquals(2, count("media"));
        history.delete(second);
        assertEquals(List.of("one"), titles(""));
        history.restore(second);
        assertEquals(List.of("two", "one"), titles(""));
        history.delete(second);
        start();
        assertEquals(1, count("chat"));
        assertEquals(1, count("part"));
        assertEquals(1, count("media"));
        assertArrayEquals(
                IMAGE.rgb(),
                ((Attachment.Picture)
                                history.open(first, 30).getFirst().attachments().getFirst())
                        .image()
                        .rgb());
    }

    private Connection database() throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("with spaces ä/history.db"));
    }

    private int count(String table) throws SQLException {
        try (Connection database = database();
                Statement statement = database.createStatement();
                ResultSet row = statement.executeQuery("SELECT count(*) FROM " + table)) {
            return row.getInt(1);
        }
    }

    @Test
    void aNewerProgramsChatsAreRefusedAndLeftAlone() throws SQLException {
        chat("one", "a", "b");
        history.close();
        try (Connection database = database();
                Statement statement = database.createStatement()) {
            statement.executeUpdate("PRAGMA user_version = 99");
        }
        HistoryException refused = assertThrows(HistoryException.class, this::open);
        assertTrue(refused.problem().contains("newer"), refused.problem());
        assertEquals(1, count("chat"));
    }

    @Test
    void anOlderDatabaseIsBroughtUpToDateWithWhatItHolds() throws SQLException {
        chat("one", "a", "b");
        history.close();
        List<String> steps = new ArrayList<>(Schema.STEPS);
        steps.add("ALTER TABLE chat ADD COLUMN mood TEXT DEFAULT 'calm'");
        try (Connection database = database();
                Statement statement = database.createStatement()) {
            Schema.migrate(database, steps);
            Schema.migrate(database, steps); // nothing is left to do
            try (ResultSet row = statement.executeQuery("SELECT title, mood FROM chat")) {
                assertEquals("one", row.getString(1));
                assertEquals("calm", row.getString(2));
            }
        }
        assertThrows(HistoryException.class, this::open);
    }

    @Test
    void aTurnFollowsWhatItWasAskedAfter() {
        long chat = history.begin("Elephants");
        long first = history.ask(chat, "What is it?", List.of());
        long second = history.ask(chat, first, "How big?", List.of());
        history.ask(chat, first, "How old?", List.of());
        start();
        List<StoredTurn> turns = history.open(chat, 30);
        assertEquals(
                List.of(0L, first, first), turns.stream().map(StoredTurn::after).toList());
        assertEquals(second, turns.get(1).id());
    }

    @Test
    void chatsOfTheFirstVersionBecomeOnePath() throws SQLException {
        history.close();
        Path old = folder.resolve("old.db");
        try (Connection database = DriverManager.getConnection("jdbc:sqlite:" + old);
                Statement statement = database.createStatement()) {
            Schema.migrate(database, Schema.STEPS.subList(0, 1));
            statement.executeUpdate(
                    "INSERT INTO chat (id, title, created, updated) VALUES (1, 'a', 0, 0), (2, 'b', 0, 1)");
            statement.executeUpdate(
                    "INSERT INTO turn (id, chat, question, asked) VALUES (1, 1, 'x', 0), (2, 2, 'y', 0),"
                            + " (3, 1, 'z', 0), (4, 1, 'u', 0)");
        }
        history = new SqliteHistory(old);
        assertEquals(
                List.of(0L, 1L, 3L),
                history.open(1, 30).stream().map(StoredTurn::after).toList());
        assertEquals(
                List.of(0L), history.open(2, 30).stream().map(StoredTurn::after).toList());
    }

    @Test
    void whatIsKeptInViewIsKeptAfterARestart() {
        long chat = history.begin("Elephants");
        long turn = history.ask(chat, "Which?", List.of(picture("a.png"), picture("b.png"), picture("c.png")));
        history.keep(turn, 1, true);
        history.keep(turn, 2, true);
        history.keep(turn, 1, false);
        start();
        assertEquals(Set.of(2), history.open(chat, 30).getFirst().kept());
    }

    @Test
    void attachmentsOfAnOlderVersionAreNotKeptInView() throws SQLException {
        history.close();
        Path old = folder.resolve("old.db");
        try (Connection database = DriverManager.getConnection("jdbc:sqlite:" + old);
                Statement statement = database.createStatement()) {
            Schema.migrate(database, Schema.STEPS.subList(0, 2));
            statement.executeUpdate("INSERT INTO chat (id, title, created, updated) VALUES (1, 'a', 0, 0)");
            statement.executeUpdate("INSERT INTO turn (id, chat, question, asked) VALUES (1, 1, 'x', 0)");
            statement.executeUpdate(
                    "INSERT INTO attachment (id, turn, kind, name, seconds) VALUES (1, 1, 'sound', 'a', 0)");
            statement.executeUpdate("INSERT INTO media VALUES ('h', x'" + SILENCE + "')");
            statement.executeUpdate("INSERT INTO part (attachment, type, seconds, media) VALUES (1, 'sound', 0, 'h')");
        }
        history = new SqliteHistory(old);
        assertEquals(Set.of(), history.open(1, 30).getFirst().kept());
        history.keep(1, 0, true);
        assertEquals(Set.of(0), history.open(1, 30).getFirst().kept());
    }

    @Test
    void aStepThatFailsLeavesTheDatabaseAsItWas() throws SQLException {
        chat("one", "a", "b");
        history.close();
        try (Connection database = database()) {
            assertThrows(
                    SQLException.class,
                    () -> Schema.migrate(
                            database, List.of("", "", "", "ALTER TABLE chat ADD COLUMN mood TEXT; nonsense")));
        }
        history = open();
        assertEquals(List.of("one"), titles(""));
    }

    @Test
    void twoProgramsShareItAndLeaveAloneWhatTheOtherMayBringBack() {
        long chat = chat("mine", "a", "b");
        history.delete(chat);
        try (SqliteHistory other = open()) {
            other.ask(chat, "from the other", List.of());
        }
        history.restore(chat);
        assertEquals(2, history.open(chat, 30).size());
    }

    @Test
    void whatIsNoDatabaseOrCannotBeMadeIsSaidInOneLine() throws IOException {
        Path text =
                Files.writeString(folder.resolve("text.db"), "not a database, but long enough to be one".repeat(50));
        assertThrows(HistoryException.class, () -> new SqliteHistory(text));
        assertTrue(Files.readString(text).startsWith("not a database"));
        assertThrows(HistoryException.class, () -> new SqliteHistory(text.resolve("below/a/file.db")));
    }
}
