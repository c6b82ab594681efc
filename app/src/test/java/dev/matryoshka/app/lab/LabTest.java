package dev.matryoshka.app.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.assets.EmbeddedAssets;
import dev.matryoshka.engine.Gemma3n;
import dev.matryoshka.engine.LabReport;
import dev.matryoshka.engine.LoadOptions;
import dev.matryoshka.engine.SliceInfo;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.error.InvalidRequestException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Slices of the embedded model on a few questions. */
class LabTest {
    private static final String QUESTIONS = """
            {"prompt": "What is the capital of France?", "answer": "The capital of France is Paris."}
            {"prompt": "What is the opposite of hot?", "answer": "It is a bicycle.", "kind": "wrong"}
            {"prompt": "What is 3 plus 4?", "answer": "3 plus 4 is 7.", "choices": ["3 plus 4 is 9.", "3 plus 4 is 7."]}
            {"image": "picture4.png", "prompt": "What is this?", "answer": "a red  circle"}
            {"text": "The sky is blue."}
            """;

    @TempDir
    private Path folder;

    private Path file;
    private Gemma3n model;
    private List<SliceInfo> slices;
    private final List<Integer> asked = new ArrayList<>();

    @BeforeEach
    void load() throws IOException {
        EmbeddedAssets assets = EmbeddedAssets.open(folder.resolve("cache"));
        file = folder.resolve("questions.jsonl");
        Files.writeString(file, QUESTIONS);
        Files.copy(assets.samples().resolve("picture4.png"), folder.resolve("picture4.png"));
        model = Gemma3n.load(assets.model(), new LoadOptions("embedded", "cpu", MatFormerSlice::whole, 256));
        slices = model.slices(null).named();
    }

    @AfterEach
    void close() {
        model.close();
    }

    private LabReport run(int most) {
        QuestionFile questions = QuestionFile.read(file, model);
        LabResults results = LabResults.open(folder.resolve("results.jsonl"));
        return new Lab(model, questions.questions(), results, new ReentrantLock())
                .run(slices, (slice, question) -> asked.add(question), () -> asked.size() > most);
    }

    @Test
    void everySliceIsAskedEverything() {
        LabReport report = run(Integer.MAX_VALUE);
        assertEquals(5 * slices.size(), asked.size());
        assertEquals(slices.size(), report.rows().size());
        for (LabReport.Row row : report.rows()) {
            assertEquals(Map.of("words", 1.0, "wrong", 0.0, "pictures", 1.0), row.byKind());
            assertEquals(0.75, row.accuracy());
            assertTrue(row.perplexity() > 1 && row.perplexity() < 1000, () -> "perplexity " + row.perplexity());
            assertTrue(row.tokensPerSecond() > 0);
        }
        assertTrue(report.onFront(report.rows().stream()
                .min((a, b) ->
                        Long.compare(a.slice().effectiveParameters(), b.slice().effectiveParameters()))
                .orElseThrow()));
        assertEquals(1, report.rows().stream().filter(report::onFront).count(), "equal in quality: the smallest alone");
        assertEquals(slices.size() + 1, report.csv().lines().count());
    }

    @Test
    void aRunThatWasStoppedGoesOn() throws IOException {
        assertEquals(1, run(6).rows().size());
        assertEquals(7, asked.size());
        Path results = folder.resolve("results.jsonl");
        String kept = Files.readString(results);
        Files.writeString(results, kept.substring(0, kept.length() - 9)); // a kill
        asked.clear();
        assertEquals(slices.size(), run(Integer.MAX_VALUE).rows().size());
        assertEquals(5 * slices.size() - 5, asked.size());
        asked.clear();
        assertEquals(slices.size(), run(Integer.MAX_VALUE).rows().size());
        assertTrue(asked.isEmpty());
    }

    @Test
    void anotherFileHasAnotherFingerprint() throws IOException {
        String before = QuestionFile.read(file, model).fingerprint();
        assertEquals(before, QuestionFile.read(file, model).fingerprint());
        byte[] picture = Files.readAllBytes(folder.resolve("picture4.png"));
        picture[picture.length - 1]++;
        Files.write(folder.resolve("picture4.png"), picture);
        assertFalse(before.equals(QuestionFile.read(file, model).fingerprint()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"prompt\": \"a\"| is no JSON object",
                "[1]| is no object",
                "{\"prompt\": \"a\"}|no \"answer\"",
                "{\"answer\": \"a\"}|no \"prompt\"",
                "{\"prompt\": \"a\", \"answer\": \"b\", \"choice\": []}|no field 'choice'",
                "{\"prompt\": \"a\", \"answer\": \"b\", \"choices\": [\"c\"]}|none of the choices",
                "{\"prompt\": \"a\", \"answer\": \"b\", \"image\": \"none.png\"}|there is no file",
                "{\"prompt\": \"a\", \"answer\": \"b\", \"image\": \"questions.jsonl\"}|questions.jsonl",
            })
    void aWrongLineIsNamed(String line, String problem) throws IOException {
        Files.writeString(file, "{\"text\": \"fine\"}\n\n" + line + "\n");
        InvalidRequestException e = assertThrows(InvalidRequestException.class, () -> QuestionFile.read(file, model));
        assertTrue(e.problem().contains("line 3: ") && e.problem().contains(problem.strip()), e::problem);
    }

    @Test
    void aFileWithoutQuestionsIsRefused() throws IOException {
        Files.writeString(file, "\n");
        assertThrows(InvalidRequestException.class, () -> QuestionFile.read(file, model));
        Files.delete(file);
        assertThrows(InvalidRequestException.class, () -> QuestionFile.read(file, model));
    }
}
