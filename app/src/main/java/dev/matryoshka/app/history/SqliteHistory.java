package dev.matryoshka.app.history;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.matryoshka.engine.Answer;
import dev.matryoshka.engine.error.HistoryException;
import dev.matryoshka.ui.attachment.Attachment;
import dev.matryoshka.ui.history.ChatSummary;
import dev.matryoshka.ui.history.History;
import dev.matryoshka.ui.history.StoredAnswer;
import dev.matryoshka.ui.history.StoredAnswer.Made;
import dev.matryoshka.ui.history.StoredTurn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.SynchronousMode;

/**
 * Chats in one SQLite file with a write-ahead log: what a call has written survives the end of the process, however it comes. Media lie
 * in it once by their content. Several programs may use it at a time.
 */
public final class SqliteHistory implements History {
    static final JsonMapper JSON = JsonMapper.builder()
            .disable(MapperFeature.CAN_OVERRIDE_ACCESS_MODIFIERS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();
    private static final long DAY_MS = 86_400_000;
    private static final int PATIENCE_MS = 5_000; // while another program writes

    private static final String MATCH = """
            (title LIKE ? ESCAPE '!'
             OR id IN (SELECT chat FROM turn WHERE question LIKE ? ESCAPE '!')
             OR id IN (SELECT chat FROM answer JOIN turn ON turn.id = answer.turn WHERE text LIKE ? ESCAPE '!')
             OR id IN (SELECT chat FROM attachment JOIN turn ON turn.id = attachment.turn WHERE name LIKE ? ESCAPE '!'))
            """;

    private final Connection database;
    private final Path file;
    private final Set<Long> deleted = new HashSet<>(); // by this program, and not restored

    /**
     * Opens a history, or makes one.
     *
     * @throws HistoryException it is a newer program's, no database, or can't be written
     */
    public SqliteHistory(Path file) {
        this.file = file;
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            SQLiteConfig config = new SQLiteConfig();
            config.setJournalMode(JournalMode.WAL);
            config.setSynchronous(SynchronousMode.NORMAL);
            config.enforceForeignKeys(true);
            config.setBusyTimeout(PATIENCE_MS);
            database = config.createConnection("jdbc:sqlite:" + file);
        } catch (IOException | SQLException e) {
            throw failure(e);
        }
        try {
            Schema.migrate(database);
        } catch (SQLException e) {
            close();
            throw failure(e);
        } catch (HistoryException e) {
            close();
            throw e;
        }
    }

    private HistoryException failure(Exception e) {
        return new HistoryException(
                "chats can't be kept in " + file + " (" + e.getMessage() + ")",
                "free some space or check that you may write there; until then they last as long as the window",
                e);
    }

    /** Work with the database. */
    @FunctionalInterface
    private interface Work<T> {
        T run() throws SQLException;
    }

    private <T> T atOnce(Work<T> work) {
        try (Statement statement = database.createStatement()) {
            statement.executeUpdate("BEGIN IMMEDIATE");
            try {
                T result = work.run();
                statement.executeUpdate("COMMIT");
                return result;
            } catch (SQLException | RuntimeException e) {
                statement.executeUpdate("ROLLBACK");
                throw e;
            }
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    private void update(String sql, @Nullable Object... values) {
        atOnce(() -> insert(sql, values));
    }

    /** The row's number. */
    private long insert(String sql, @Nullable Object... values) throws SQLException {
        try (PreparedStatement statement = prepare(sql, values)) {
            statement.executeUpdate();
        }
        try (Statement statement = database.createStatement();
                ResultSet row = statement.executeQuery("SELECT last_insert_rowid()")) {
            return row.getLong(1);
        }
    }

    private PreparedStatement prepare(String sql, @Nullable Object... values) throws SQLException {
        PreparedStatement statement = database.prepareStatement(sql);
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
        return statement;
    }

    /** Reads one row. */
    @FunctionalInterface
    private interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }

    private <T> List<T> query(Row<T> reader, String sql, @Nullable Object... values) throws SQLException {
        try (PreparedStatement statement = prepare(sql, values);
                ResultSet rows = statement.executeQuery()) {
            List<T> all = new ArrayList<>();
            while (rows.next()) {
                all.add(reader.read(rows));
            }
            return all;
        }
    }

    @Override
    public List<ChatSummary> chats(String search) {
        StringBuilder sql = new StringBuilder("SELECT id, title, updated, pinned FROM chat WHERE deleted = 0");
        List<String> words = new ArrayList<>();
        for (String word : search.strip().split("\\s+")) {
            if (!word.isEmpty()) {
                sql.append(" AND ").append(MATCH.replace("?", "?" + (words.size() + 1)));
                words.add("%" + word.replaceAll("[!%_]", "!$0") + "%");
            }
        }
        return reading(() -> query(
                row -> new ChatSummary(
                        row.getLong(1), row.getString(2), Instant.ofEpochMilli(row.getLong(3)), row.getBoolean(4)),
                sql + " ORDER BY pinned DESC, updated DESC, id DESC",
                words.toArray()));
    }

    private <T> T reading(Work<T> work) {
        try {
            return work.run();
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    @Override
    public List<StoredTurn> open(long chat, double audioSeconds) {
        return reading(() -> query(
                row -> new StoredTurn(
                        row.getLong(1),
                        row.getLong(2), // 0 for null
                        row.getString(3),
                        attachments(row.getLong(1), audioSeconds),
                        kept(row.getLong(1)),
                        answers(row.getLong(1))),
                "SELECT id, after, question FROM turn WHERE chat = ? ORDER BY id",
                chat));
    }

    private List<Attachment.Ready> attachments(long turn, double audioSeconds) throws SQLException {
        return query(
                row -> Media.attachment(
                        row.getString(2),
                        row.getString(3),
                        row.getDouble(4),
                        query(
                                part -> new Media.Part(part.getString(1), part.getDouble(2), part.getBytes(3)),
                                "SELECT type, seconds, bytes FROM part JOIN media ON hash = media WHERE attachment = ? ORDER BY id",
                                row.getLong(1)),
                        audioSeconds),
                "SELECT id, kind, name, seconds FROM attachment WHERE turn = ? ORDER BY id",
                turn);
    }

    private Set<Integer> kept(long turn) throws SQLException {
        return Set.copyOf(query(
                row -> row.getInt(1),
                "SELECT place FROM (SELECT kept, row_number() OVER (ORDER BY id) - 1 AS place FROM attachment WHERE turn = ?)"
                        + " WHERE kept = 1",
                turn));
    }

    private List<StoredAnswer> answers(long turn) throws SQLException {
        return query(
                SqliteHistory::answer,
                "SELECT asked, text, made, model, type, device, context_used FROM answer WHERE turn = ? ORDER BY place",
                turn);
    }

    private static StoredAnswer answer(ResultSet row) throws SQLException {
        String made = row.getString(3);
        try {
            return new StoredAnswer(
                    row.getString(1),
                    row.getString(2),
                    made == null
                            ? null
                            : new Made(
                                    JSON.readValue(made, Answer.class),
                                    row.getString(4),
                                    row.getString(5),
                                    row.getString(6),
                                    row.getInt(7)));
        } catch (JsonProcessingException e) {
            throw new SQLException("an answer's figures can't be read: " + e.getOriginalMessage(), e);
        }
    }

    @Override
    public long begin(String title) {
        return atOnce(() -> insert("INSERT INTO chat (title, created, updated) VALUES (?, ?, ?)", title, now(), now()));
    }

    private static long now() {
        return System.currentTimeMillis();
    }

    @Override
    public long ask(long chat, long after, String question, List<Attachment.Ready> attachments) {
        List<List<Media.Part>> media = attachments.stream().map(Media::parts).toList(); // encoded before the lock
        return atOnce(() -> {
            insert("UPDATE chat SET updated = ? WHERE id = ?", now(), chat);
            long turn = insert(
                    "INSERT INTO turn (chat, after, question, asked) VALUES (?, ?, ?, ?)",
                    chat,
                    after == FIRST ? null : after,
                    question,
                    now());
            for (int i = 0; i < media.size(); i++) {
                Attachment.Ready attachment = attachments.get(i);
                long id = insert(
                        "INSERT INTO attachment (turn, kind, name, seconds) VALUES (?, ?, ?, ?)",
                        turn,
                        Media.kind(attachment),
                        attachment.name(),
                        Media.seconds(attachment));
                for (Media.Part part : media.get(i)) {
                    insert("INSERT OR IGNORE INTO media VALUES (?, ?)", part.hash(), part.bytes());
                    insert(
                            "INSERT INTO part (attachment, type, seconds, media) VALUES (?, ?, ?, ?)",
                            id,
                            part.type(),
                            part.seconds(),
                            part.hash());
                }
            }
            return turn;
        });
    }

    @Override
    public void grow(long turn, int place, String asked, String text) {
        update(
                "INSERT INTO answer (turn, place, asked, text) VALUES (?, ?, ?, ?)"
                        + " ON CONFLICT DO UPDATE SET text = excluded.text",
                turn,
                place,
                asked,
                text);
    }

    @Override
    public void finish(long turn, int place, StoredAnswer answer) {
        Made made = answer.made();
        try {
            update(
                    "INSERT OR REPLACE INTO answer VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    turn,
                    place,
                    answer.asked(),
                    answer.text(),
                    made == null ? null : JSON.writeValueAsString(made.answer()),
                    made == null ? null : made.model(),
                    made == null ? null : made.type(),
                    made == null ? null : made.device(),
                    made == null ? null : made.contextUsed(),
                    now());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e); // a record of plain values
        }
    }

    @Override
    public void keep(long turn, int index, boolean kept) {
        update(
                "UPDATE attachment SET kept = ? WHERE id ="
                        + " (SELECT id FROM attachment WHERE turn = ? ORDER BY id LIMIT 1 OFFSET ?)",
                kept,
                turn,
                index);
    }

    @Override
    public void rename(long chat, String title) {
        update("UPDATE chat SET title = ? WHERE id = ?", title, chat);
    }

    @Override
    public void pin(long chat, boolean pinned) {
        update("UPDATE chat SET pinned = ? WHERE id = ?", pinned, chat);
    }

    @Override
    public void delete(long chat) {
        update("UPDATE chat SET deleted = ? WHERE id = ?", now(), chat);
        deleted.add(chat);
    }

    @Override
    public void restore(long chat) {
        update("UPDATE chat SET deleted = 0 WHERE id = ?", chat);
        deleted.remove(chat);
    }

    /** What was deleted here goes for good, and what a day ago was left deleted; so do media that no chat has any more. */
    @Override
    public void close() {
        try (database) {
            deleted.forEach(chat -> update("DELETE FROM chat WHERE id = ?", chat));
            update("DELETE FROM chat WHERE deleted BETWEEN 1 AND ?", now() - DAY_MS);
            update("DELETE FROM media WHERE hash NOT IN (SELECT media FROM part)");
        } catch (SQLException | HistoryException e) {
            // at the end of the program nobody can mend it; the next start tries again
        }
    }
}
