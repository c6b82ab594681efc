package dev.matryoshka.app.lab;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.matryoshka.engine.Gemma3n;
import dev.matryoshka.engine.Prompt;
import dev.matryoshka.engine.PromptPart;
import dev.matryoshka.engine.Question;
import dev.matryoshka.engine.error.InvalidRequestException;
import dev.matryoshka.engine.error.MatryoshkaException;
import dev.matryoshka.media.MediaBudget;
import dev.matryoshka.media.audio.AudioDecoder;
import dev.matryoshka.media.audio.SoundParts;
import dev.matryoshka.media.image.ImageDecoder;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * Questions as JSON lines: {@code prompt}, {@code answer} and, where it is to be chosen by likelihood, {@code choices}; {@code image} and
 * {@code audio} are files beside this one; {@code kind} is what it counts under. A line with {@code text} alone is read, not asked.
 */
public final class QuestionFile {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> FIELDS = Set.of("kind", "prompt", "answer", "choices", "image", "audio", "text");

    private final Path file;
    private final MediaBudget budget;
    private final MessageDigest digest;
    private final List<Question> questions = new ArrayList<>();

    private QuestionFile(Path file, MediaBudget budget) throws NoSuchAlgorithmException {
        this.file = file;
        this.budget = budget;
        digest = MessageDigest.getInstance("SHA-256");
    }

    /**
     * Reads a file and what it names.
     *
     * @throws InvalidRequestException it can't be read, or a line is wrong; says which
     */
    public static QuestionFile read(Path file, Gemma3n model) {
        try {
            QuestionFile read = new QuestionFile(file, MediaBudget.of(model.info(), model.maxAudioSeconds(), 0));
            List<String> lines = Files.readAllLines(file);
            for (int i = 0; i < lines.size(); i++) {
                if (!lines.get(i).isBlank()) {
                    read.add(i + 1, lines.get(i));
                }
            }
            if (read.questions.isEmpty()) {
                throw new InvalidRequestException(file + " has no questions", "write one JSON object a line");
            }
            return read;
        } catch (MalformedInputException e) {
            throw new InvalidRequestException(file + " is no UTF-8 text", "write one JSON object a line", e);
        } catch (IOException e) {
            throw new InvalidRequestException(
                    file + " can't be read (" + e.getMessage() + ")", "name a file of JSON lines", e);
        } catch (NoSuchAlgorithmException e) { // every Java has it
            throw new IllegalStateException(e);
        }
    }

    /** In their order. */
    public List<Question> questions() {
        return List.copyOf(questions);
    }

    /** Changes with any of the questions and of the files that they name. */
    public String fingerprint() {
        return HexFormat.of().formatHex(digest.digest()).substring(0, 16);
    }

    private void add(int line, String text) throws IOException {
        try {
            digest.update(text.getBytes(StandardCharsets.UTF_8));
            questions.add(question(JSON.readTree(text)));
        } catch (JsonProcessingException e) {
            throw wrong(line, "is no JSON object (" + e.getOriginalMessage() + ")", e);
        } catch (MatryoshkaException e) {
            throw wrong(line, e.problem(), e);
        }
    }

    private InvalidRequestException wrong(int line, String problem, Exception cause) {
        return new InvalidRequestException(
                file + ", line " + line + ": " + problem,
                "write {\"prompt\": …, \"answer\": …}, with \"choices\", \"image\" or \"audio\" where there are any",
                cause);
    }

    private Question question(JsonNode line) throws IOException {
        if (!line.isObject()) {
            throw new InvalidRequestException("it is no object", "");
        }
        for (var field : line.properties()) {
            if (!FIELDS.contains(field.getKey())) {
                throw new InvalidRequestException("there is no field '" + field.getKey() + "'", "");
            }
        }
        if (line.has("text")) {
            String text = text(line, "text");
            return new Question(line.path("kind").asText("text"), new Prompt(List.of()), List.of(), text);
        }
        List<PromptPart> parts = new ArrayList<>();
        String kind = "words";
        if (line.has("image")) {
            kind = "pictures";
            parts.add(new PromptPart.Image(ImageDecoder.decode(beside(line, "image"))));
        }
        if (line.has("audio")) {
            kind = "sounds";
            float[] sound = AudioDecoder.decode(beside(line, "audio"), budget.soundSeconds(1));
            parts.addAll(SoundParts.of(sound, budget.audioSeconds()));
        }
        parts.add(new PromptPart.Text(text(line, "prompt")));
        List<String> choices = new ArrayList<>();
        line.path("choices").forEach(choice -> choices.add(choice.asText()));
        String answer = text(line, "answer");
        if (!choices.isEmpty() && !choices.contains(answer)) {
            throw new InvalidRequestException("the answer is none of the choices", "");
        }
        return new Question(line.path("kind").asText(kind), new Prompt(parts), choices, answer);
    }

    private static String text(JsonNode line, String field) {
        String text = line.path(field).asText("");
        if (text.isBlank()) {
            throw new InvalidRequestException("it has no \"" + field + "\"", "");
        }
        return text;
    }

    private Path beside(JsonNode line, String field) throws IOException {
        Path path = file.resolveSibling(text(line, field));
        if (!Files.isRegularFile(path)) {
            throw new InvalidRequestException("there is no file " + path, "");
        }
        digest.update(Files.readAllBytes(path));
        return path;
    }
}
