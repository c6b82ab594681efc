package dev.matryoshka.app.history;

import dev.matryoshka.engine.error.HistoryException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** The database's versions: each step brings it to the next, and {@code user_version} says how many it has seen. */
final class Schema {
    static final List<String> STEPS = List.of(
            """
            CREATE TABLE chat (
                id INTEGER PRIMARY KEY, title TEXT NOT NULL, created INTEGER NOT NULL, updated INTEGER NOT NULL,
                pinned INTEGER NOT NULL DEFAULT 0, deleted INTEGER NOT NULL DEFAULT 0);
            CREATE TABLE turn (
                id INTEGER PRIMARY KEY, chat INTEGER NOT NULL REFERENCES chat ON DELETE CASCADE,
                question TEXT NOT NULL, asked INTEGER NOT NULL);
            CREATE TABLE answer (
                turn INTEGER NOT NULL REFERENCES turn ON DELETE CASCADE, place INTEGER NOT NULL,
                asked TEXT NOT NULL, text TEXT NOT NULL,
                made TEXT, model TEXT, type TEXT, device TEXT, context_used INTEGER, finished INTEGER,
                PRIMARY KEY (turn, place));
            CREATE TABLE attachment (
                id INTEGER PRIMARY KEY, turn INTEGER NOT NULL REFERENCES turn ON DELETE CASCADE,
                kind TEXT NOT NULL, name TEXT NOT NULL, seconds REAL NOT NULL);
            CREATE TABLE part (
                id INTEGER PRIMARY KEY, attachment INTEGER NOT NULL REFERENCES attachment ON DELETE CASCADE,
                type TEXT NOT NULL, seconds REAL NOT NULL, media TEXT NOT NULL REFERENCES media);
            CREATE TABLE media (hash TEXT PRIMARY KEY, bytes BLOB NOT NULL) WITHOUT ROWID;
            CREATE INDEX turn_of_chat ON turn (chat);
            CREATE INDEX attachment_of_turn ON attachment (turn);
            CREATE INDEX part_of_attachment ON part (attachment);
            CREATE INDEX part_of_media ON part (media);
            """,
            // A chat is a tree: a question that is changed or asked again follows the same turn as the one before.
            """
            ALTER TABLE turn ADD COLUMN after INTEGER REFERENCES turn ON DELETE CASCADE;
            UPDATE turn SET after = (SELECT max(id) FROM turn AS earlier WHERE chat = turn.chat AND earlier.id < turn.id);
            CREATE INDEX turn_after ON turn (after);
            """,
            // Attachments that the model goes on to see and hear after their turns have left its view.
            "ALTER TABLE attachment ADD COLUMN kept INTEGER NOT NULL DEFAULT 0;");

    private Schema() {}

    /**
     * Brings a database to this program's version, in one transaction.
     *
     * @throws HistoryException it is of a newer one
     */
    static void migrate(Connection database) throws SQLException {
        migrate(database, STEPS);
    }

    static void migrate(Connection database, List<String> steps) throws SQLException {
        try (Statement statement = database.createStatement()) {
            statement.executeUpdate("BEGIN IMMEDIATE");
            int version;
            try (ResultSet row = statement.executeQuery("PRAGMA user_version")) {
                version = row.getInt(1);
            }
            if (version > steps.size()) {
                statement.executeUpdate("ROLLBACK");
                throw new HistoryException(
                        "the chats were written by a newer Matryoshka (version " + version
                                + " of their database, this one knows " + steps.size() + ")",
                        "start the newer program; until then chats are not kept");
            }
            for (String step : steps.subList(version, steps.size())) {
                statement.executeUpdate(step);
            }
            statement.executeUpdate("PRAGMA user_version = " + steps.size());
            statement.executeUpdate("COMMIT");
        }
    }
}
