package dev.matryoshka.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.matryoshka.app.history.ChatJson;
import dev.matryoshka.app.history.SqliteHistory;
import dev.matryoshka.engine.preprocess.RgbImage;
import dev.matryoshka.ui.attachment.Attachment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The window's chats in the terminal. */
class HistoryCommandTest {
    @TempDir
    private Path home = Path.of("");

    private final String userHome = System.getProperty("user.home");
    private long chat;

    @BeforeEach
    void keepAChat() {
        assumeTrue(System.getenv("XDG_DATA_HOME") == null, "never another's chats");
        System.setProperty("user.home", home.toString());
        try (SqliteHistory history = new SqliteHistory(AppFolders.ofUser().history())) {
            chat = history.begin("Elephants");
            RgbImage image = new RgbImage(1, 1, new byte[] {1, 2, 3});
            long first = history.ask(chat, "What is it?", List.of(new Attachment.Picture("a.png", image)));
            history.grow(first, 0, "whole", "An elephant.");
            for (String size : List.of("Small.", "Big.")) {
                history.grow(history.ask(chat, first, "How big?", List.of()), 0, "whole", size);
            }
        }
    }

    @AfterEach
    void restoreHome() {
        System.setProperty("user.home", userHome);
    }

    @Test
    void listedAndSearched() {
        assertEquals(0, Main.run("history", "list"));
        assertEquals(0, Main.run("history", "search", "elephant", "--json"));
        assertEquals(Main.FAILURE, Main.run("history", "export", "99"));
        assertEquals(Main.USAGE, Main.run("history", "export"));
    }

    @Test
    void exportedAsMarkdownWithTheLatestVersionsAndMedia() throws IOException {
        Path file = home.resolve("out.md");
        assertEquals(0, Main.run("history", "export", Long.toString(chat), file.toString()));
        String text = Files.readString(file);
        assertTrue(text.contains("An elephant.") && text.contains("Big.") && !text.contains("Small."), text);
        assertTrue(Files.size(home.resolve("out-media/1.png")) > 0);
    }

    @Test
    void jsonHoldsEveryVersionAndTheMedia() {
        assertEquals(0, Main.run("history", "export", "--json", Long.toString(chat)));
        try (SqliteHistory history = new SqliteHistory(AppFolders.ofUser().history())) {
            JsonNode json = new ObjectMapper()
                    .valueToTree(ChatJson.chat(history.chats("").getFirst(), history.open(chat, 30)));
            assertEquals("Small.", json.at("/turns/1/answers/0/text").asText());
            assertEquals("Big.", json.at("/turns/2/answers/0/text").asText());
            assertEquals(
                    json.at("/turns/0/id").asLong(), json.at("/turns/2/after").asLong());
            byte[] png = Base64.getDecoder()
                    .decode(json.at("/turns/0/attachments/0/media/0/base64").asText());
            assertEquals('P', png[1]);
        }
    }
}
