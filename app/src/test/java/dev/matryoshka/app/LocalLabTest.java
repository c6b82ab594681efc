package dev.matryoshka.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.assets.EmbeddedAssets;
import dev.matryoshka.engine.Answer;
import dev.matryoshka.engine.Answer.SliceUse;
import dev.matryoshka.engine.Gemma3n;
import dev.matryoshka.engine.LabReport;
import dev.matryoshka.engine.LoadOptions;
import dev.matryoshka.engine.ModelInfo;
import dev.matryoshka.engine.Prompt;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.error.MatryoshkaException;
import dev.matryoshka.ui.Assistant.AnswerSink;
import dev.matryoshka.ui.ModelChoice;
import dev.matryoshka.ui.lab.Labs.Goal;
import dev.matryoshka.ui.lab.Labs.Progress;
import dev.matryoshka.ui.lab.Labs.Unit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The Lab beside a chat with the embedded model. */
@Timeout(120)
class LocalLabTest {
    private static final ModelChoice EMBEDDED = new ModelChoice("embedded", "cpu");
    private static final String QUESTIONS = """
            {"prompt": "What is the capital of France?", "answer": "The capital of France is Paris."}
            {"prompt": "What is 3 plus 4?", "answer": "3 plus 4 is 7."}
            {"prompt": "Who are you?", "answer": "I don't know."}
            """;

    @TempDir
    private Path folder;

    private AssistantService assistant;
    private LocalLab lab;
    private Path questions;
    private final List<Integer> asked = new CopyOnWriteArrayList<>();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final Progress progress = new Progress() {
        @Override
        public void onQuestion(MatFormerSlice slice, int done, int total) {
            asked.add(done);
            begun.countDown();
        }

        @Override
        public void onSlice(LabReport soFar) {}

        @Override
        public void onTry(long deviceBytes) {
            asked.add((int) deviceBytes);
        }
    };

    @BeforeEach
    void start() throws IOException {
        questions = folder.resolve("questions.jsonl");
        Files.writeString(questions, QUESTIONS);
        assistant = new AssistantService(EMBEDDED, choice -> {
            try {
                LoadOptions options = new LoadOptions("embedded", "cpu", MatFormerSlice::whole, 1024);
                return Gemma3n.load(
                        EmbeddedAssets.open(folder.resolve("assets")).model(), options);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        assistant.start();
        lab = new LocalLab(new AppFolders(Map.of("MATRYOSHKA_HOME", folder.toString()), folder, "linux"), assistant);
    }

    @AfterEach
    void close() {
        assistant.close();
    }

    private Answer answer(String question) {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        assistant.send(Prompt.of(question), new AnswerSink() {
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
        });
        return answer.join();
    }

    @Test
    void anAnswerComesBetweenTwoQuestionsAndIsTheSame() throws Exception {
        String alone = answer("What is the opposite of hot?").text();
        assistant.newChat();
        CompletableFuture<LabReport> run =
                CompletableFuture.supplyAsync(() -> lab.run(questions, List.of(), false, progress, () -> false));
        begun.await();
        assertEquals(alone, answer("What is the opposite of hot?").text());
        LabReport report = run.join();
        assertEquals(5, report.rows().size(), "half, whole, three between");
        assertEquals(15, asked.size());
        assertEquals(2 / 3.0, report.rows().getLast().accuracy(), 1e-9, () -> "of the whole: " + report.table());
        assertEquals(report.rows(), lab.known(questions, List.of()).rows());
        asked.clear();
        assertEquals(
                5,
                lab.run(questions, List.of(), false, progress, () -> false)
                        .rows()
                        .size());
        assertEquals(List.of(), asked, "all of it is known");
        lab.run(questions, List.of(), true, progress, () -> asked.size() > 3);
        assertEquals(4, asked.size(), "forgotten, and stopped");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anotherModelOrTheEndStopsARun(boolean end) throws Exception {
        CompletableFuture<LabReport> run =
                CompletableFuture.supplyAsync(() -> lab.run(questions, List.of(), false, progress, () -> false));
        begun.await();
        if (end) {
            assistant.close();
        } else {
            assistant.switchTo(EMBEDDED).toCompletableFuture().join();
        }
        assertTrue(run.join().rows().size() < 5);
    }

    @Test
    void theBestForABudgetFitsIt() throws IOException {
        Files.writeString(questions, QUESTIONS.lines().findFirst().orElseThrow());
        MatFormerSlice found = lab.find(questions, new Goal(5, Unit.MEGABYTES), progress, () -> false);
        assertEquals("best for 5 MB", found.name());
        long bytes =
                assistant.slices().toCompletableFuture().join().custom(found).deviceBytes();
        assertTrue(bytes <= 5_000_000 && bytes > 4_700_000, () -> bytes + " bytes");
        assertFalse(asked.isEmpty());
        assertThrows(
                CancellationException.class,
                () -> lab.find(questions, new Goal(5, Unit.MEGABYTES), progress, () -> true));
        MatFormerSlice fast = lab.find(questions, new Goal(1e-3, Unit.TOKENS_PER_SECOND), progress, () -> false);
        assertEquals("best for 0.001 tokens/s", fast.name());
    }

    @Test
    void questionsShipWithTheEmbeddedModelAlone() throws Exception {
        assertTrue(Files.size(lab.questions()) > 1000);
        assistant
                .switchTo(new ModelChoice(folder.toString(), "cpu"))
                .toCompletableFuture()
                .join();
        assertNull(lab.questions());
    }
}
