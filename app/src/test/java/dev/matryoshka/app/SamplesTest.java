package dev.matryoshka.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.matryoshka.assets.EmbeddedAssets;
import dev.matryoshka.engine.Answer;
import dev.matryoshka.engine.ChatSession;
import dev.matryoshka.engine.Gemma3n;
import dev.matryoshka.engine.GenerationConfig;
import dev.matryoshka.engine.LoadOptions;
import dev.matryoshka.engine.Prompt;
import dev.matryoshka.engine.PromptPart;
import dev.matryoshka.media.audio.AudioDecoder;
import dev.matryoshka.media.image.ImageDecoder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The embedded model answers every sample as the reference implementation does, from file to text. */
class SamplesTest {
    private static final int MAX_TOKENS = 64;

    @TempDir
    private static Path cache = Path.of("");

    private final EmbeddedAssets assets = assets();
    private final Path samples = assets.samples();
    private final Gemma3n gemma = Gemma3n.load(assets.model(), LoadOptions.named("embedded"));

    private static EmbeddedAssets assets() {
        try {
            return EmbeddedAssets.open(cache);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @AfterEach
    void close() {
        gemma.close();
    }

    @Test
    void singleQuestions() throws IOException {
        JsonNode cases =
                new ObjectMapper().readTree(samples.resolve("expected.json").toFile());
        assertEquals(32, cases.size());
        for (JsonNode each : cases) {
            PromptPart media = part(each.path("file").asText());
            PromptPart question = new PromptPart.Text(each.path("question").asText());
            boolean mediaFirst = each.path("order").asText().equals("media first");
            try (ChatSession chat = gemma.newChat("")) {
                Prompt prompt = new Prompt(mediaFirst ? List.of(media, question) : List.of(question, media));
                assertEquals(each.path("reference").asText(), greedy(chat, prompt), each.toString());
            }
        }
    }

    @Test
    void conversations() throws IOException {
        JsonNode cases = new ObjectMapper()
                .readTree(samples.resolve("conversations.json").toFile());
        assertEquals(6, cases.size());
        for (JsonNode conversation : cases) {
            try (ChatSession chat = gemma.newChat("")) {
                for (JsonNode turn : conversation) {
                    List<PromptPart> parts = new ArrayList<>();
                    turn.path("user").forEach(part -> parts.add(part(part.asText())));
                    assertEquals(turn.path("reference").asText(), greedy(chat, new Prompt(parts)), turn.toString());
                }
            }
        }
    }

    @Test
    void theSameSeedGivesTheSameText() {
        GenerationConfig hot = new GenerationConfig(1.5f, 0, 1, 0, 1, 7, 24);
        assertEquals(sampled(hot), sampled(hot));
        assertTrue(List.of(1, 2, 3, 4, 5).stream()
                .anyMatch(seed -> !sampled(hot.withSeed(seed)).equals(sampled(hot))));
    }

    private String sampled(GenerationConfig generation) {
        try (ChatSession chat = gemma.newChat("")) {
            return chat.send(Prompt.of("Tell me something."), generation, piece -> {})
                    .text();
        }
    }

    private static String greedy(ChatSession chat, Prompt prompt) {
        StringBuilder streamed = new StringBuilder();
        Answer answer = chat.send(prompt, GenerationConfig.greedy(MAX_TOKENS), streamed::append);
        assertEquals(answer.text(), streamed.toString());
        return answer.text();
    }

    private PromptPart part(String text) {
        if (text.endsWith(".png")) {
            return new PromptPart.Image(ImageDecoder.decode(samples.resolve(text)));
        }
        return text.endsWith(".wav")
                ? new PromptPart.Audio(AudioDecoder.decode(samples.resolve(text), gemma.maxAudioSeconds()))
                : new PromptPart.Text(text);
    }
}
