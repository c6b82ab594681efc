package dev.matryoshka.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.engine.Answer;
import dev.matryoshka.engine.Answer.SliceUse;
import dev.matryoshka.engine.ModelInfo;
import dev.matryoshka.engine.Prompt;
import dev.matryoshka.engine.error.MatryoshkaException;
import dev.matryoshka.engine.error.ModelNotFoundException;
import dev.matryoshka.ui.Assistant.AnswerSink;
import dev.matryoshka.ui.ModelChoice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The log and the report made of it. */
class LogTest {
    @TempDir
    private Path home = Path.of("");

    @AfterEach
    void close() {
        Log.close();
    }

    private String text() {
        return String.join("\n", Log.tail(home, Integer.MAX_VALUE));
    }

    @Test
    void linesWithTheirTimeAndTraces() {
        Log.open(home);
        Log.info("loading 50% of é");
        Log.failure("no answer", new IllegalStateException("closed"));
        Log.close();
        Log.open(home); // the next start goes on below
        Log.info("again");
        Log.close();
        List<String> lines = Log.tail(home, 1000);
        assertTrue(lines.getFirst().matches("20\\d\\d-\\S+Z INFO    loading 50% of é"), lines.getFirst());
        assertTrue(
                lines.get(1).endsWith("SEVERE  no answer") && lines.get(2).contains("IllegalStateException: closed"));
        assertTrue(lines.stream().anyMatch(line -> line.contains("at ") && line.contains("LogTest")), text());
        assertTrue(lines.getLast().endsWith("again"));
        assertEquals(List.of(lines.getLast()), Log.tail(home, 1));
    }

    @Test
    void itsSizeIsBounded() throws IOException {
        Path folder = home.resolve("50% é");
        Log.open(folder);
        String line = "x".repeat(10_000);
        for (int i = 0; i < 600; i++) {
            Log.info(i + line);
        }
        Log.close();
        try (Stream<Path> files = Files.list(folder)) {
            long bytes = files.mapToLong(file -> file.toFile().length()).sum();
            assertTrue(bytes > 2 << 20 && bytes < 3_500_000, bytes + " bytes");
        }
        assertTrue(Log.tail(folder, 1).getFirst().contains(" 599x"));
    }

    @Test
    void modelsAndFailuresAreInItAndNoWordOfAChat() {
        Log.open(home);
        Answer answer;
        try (AssistantService assistant = new AssistantService(new ModelChoice("embedded", "cpu"), choice -> {
            if (choice.model().equals("missing")) {
                throw new ModelNotFoundException("there is no model 'missing'", "name another one");
            }
            return new ModelOptions().with(choice.model(), choice.device()).load(0);
        })) {
            assistant.start();
            Sink sink = new Sink();
            assistant.send(Prompt.of("What is 3 plus 4, Rumpelstiltskin?"), sink);
            answer = sink.answer.join();
            assistant.switchTo(new ModelChoice("missing", "cpu"));
            Sink next = new Sink();
            assistant.send(Prompt.of("Rumpelstiltskin"), next);
            next.answer.join();
        }
        String text = text();
        assertTrue(text.contains("loaded embedded in ") && text.contains("on CPU"), text);
        assertTrue(text.contains("could not load missing") && text.contains("ModelNotFoundException"), text);
        assertFalse(text.contains("Rumpelstiltskin"), text);
        assertFalse(answer.text().isEmpty() || text.contains(answer.text()), text);
    }

    @Test
    void theReportSaysWhatTheMachineIs() {
        AppFolders folders = new AppFolders(Map.of("XDG_STATE_HOME", home.toString()), home, "linux");
        Log.open(folders.logs());
        Log.info("a line of the log");
        String report = new Report(folders).report();
        assertTrue(report.startsWith("Matryoshka "), report);
        assertTrue(report.contains("memory") && report.contains(folders.logs().toString()), report);
        assertTrue(report.contains("a line of the log"), report);
    }

    /** Keeps an answer. */
    private static final class Sink implements AnswerSink {
        final CompletableFuture<Answer> answer = new CompletableFuture<>();

        @Override
        public void onPrefill(int done, int total) {}

        @Override
        public void onSlice(SliceUse use) {}

        @Override
        public void onText(String piece) {}

        @Override
        public void onFallback(ModelInfo now) {}

        @Override
        public void onDone(Answer done, int used) {
            answer.complete(done);
        }

        @Override
        public void onError(MatryoshkaException error) {
            answer.completeExceptionally(error);
        }
    }
}
