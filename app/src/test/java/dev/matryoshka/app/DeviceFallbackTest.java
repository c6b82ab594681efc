package dev.matryoshka.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.matryoshka.assets.EmbeddedAssets;
import dev.matryoshka.engine.Answer;
import dev.matryoshka.engine.ChatSession;
import dev.matryoshka.engine.Gemma3n;
import dev.matryoshka.engine.GenerationConfig;
import dev.matryoshka.engine.LoadOptions;
import dev.matryoshka.engine.ModelInfo;
import dev.matryoshka.engine.Prompt;
import dev.matryoshka.engine.PromptPart;
import dev.matryoshka.engine.TokenListener;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.error.MatryoshkaException;
import dev.matryoshka.media.image.ImageDecoder;
import dev.matryoshka.ui.Assistant;
import dev.matryoshka.ui.ModelChoice;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A chat whose device is lost goes on with the CPU and says the same. */
class DeviceFallbackTest {
    @TempDir
    private static Path cache = Path.of("");

    private static List<Prompt> questions = List.of();
    private static List<String> expected = List.of();
    private static EmbeddedAssets assets;

    @BeforeAll
    static void askTheCpu() throws IOException {
        assets = EmbeddedAssets.open(cache);
        Path picture = assets.samples().resolve("picture2.png");
        questions = List.of(
                Prompt.of("Hello"),
                new Prompt(List.of(
                        new PromptPart.Image(ImageDecoder.decode(picture)),
                        new PromptPart.Text("What is in the picture?"))),
                Prompt.of("What is 3 plus 4?"));
        expected = answers("cpu", new ArrayList<>());
    }

    /** While reading, while answering, in the vision tower, between turns. */
    @ParameterizedTest
    @ValueSource(strings = {"run=1", "run=4", "run=10", "run=11", "run=12", "run=20"})
    void theChatSaysTheSame(String fault) {
        List<ModelInfo> told = new ArrayList<>();
        assertEquals(expected, answers("faulty:" + fault, told));
        assertEquals(1, told.size());
    }

    /** In the warm-up that nobody hears, and in a question. */
    @ParameterizedTest
    @ValueSource(ints = {2, 14})
    void theWindowHearsOfItOnce(int run) throws Exception {
        ModelChoice faulty = new ModelChoice("embedded", "faulty:run=" + run);
        try (AssistantService service = new AssistantService(faulty, choice -> load(choice.device()))) {
            service.start();
            Heard first = ask(service);
            Heard second = ask(service);
            assertTrue(first.answer().generatedTokens() > 0 && second.answer().generatedTokens() > 0);
            List<ModelInfo> told = new ArrayList<>(first.told());
            told.addAll(second.told());
            assertEquals(1, told.size());
            assertTrue(told.getFirst().device().startsWith("CPU"), told.toString());
            assertEquals("the faulty device was lost", told.getFirst().deviceReason());
        }
    }

    private record Heard(Answer answer, List<ModelInfo> told) {}

    private static Heard ask(AssistantService service) throws Exception {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        List<ModelInfo> told = new ArrayList<>();
        service.send(Prompt.of("What is 3 plus 4?"), new Assistant.AnswerSink() {
            @Override
            public void onPrefill(int done, int total) {}

            @Override
            public void onSlice(Answer.SliceUse use) {}

            @Override
            public void onText(String piece) {}

            @Override
            public void onFallback(ModelInfo now) {
                told.add(now);
            }

            @Override
            public void onDone(Answer finished, int contextUsed) {
                answer.complete(finished);
            }

            @Override
            public void onError(MatryoshkaException error) {
                answer.completeExceptionally(error);
            }
        });
        return new Heard(answer.get(1, TimeUnit.MINUTES), told);
    }

    private static List<String> answers(String device, List<ModelInfo> told) {
        List<String> answers = new ArrayList<>();
        try (Gemma3n gemma = load(device);
                ChatSession chat = gemma.newChat("")) {
            for (Prompt question : questions) {
                StringBuilder streamed = new StringBuilder();
                Answer answer = chat.send(question, GenerationConfig.greedy(48), new TokenListener() {
                    @Override
                    public void onText(String piece) {
                        streamed.append(piece);
                    }

                    @Override
                    public void onPrefill(int done, int total) {
                        assertTrue(done >= 0 && done <= total, done + " of " + total);
                    }

                    @Override
                    public void onFallback(ModelInfo now) {
                        told.add(now);
                    }
                });
                assertEquals(answer.text(), streamed.toString());
                answers.add(answer.text());
            }
        }
        return answers;
    }

    private static Gemma3n load(String device) {
        assertNotNull(assets);
        return Gemma3n.load(
                assets.model(),
                new LoadOptions("embedded", device, MatFormerSlice::whole, LoadOptions.DEFAULT_CONTEXT));
    }
}
