package dev.matryoshka.app.lab;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.matryoshka.engine.Score;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.error.InvalidRequestException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Scores by slice and question, each a line of a file as soon as it is there, so that a run that was stopped goes on. */
public final class LabResults {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private final Map<String, Score> scores = new HashMap<>();

    private LabResults(Path file) {
        this.file = file;
    }

    /** Those of a file, which need not be there; lines that a kill cut off are left out. */
    public static LabResults open(Path file) {
        LabResults results = new LabResults(file);
        try {
            if (Files.exists(file)) {
                Files.readAllLines(file).forEach(results::remember);
            }
            return results;
        } catch (IOException e) {
            throw unusable(file, e);
        }
    }

    /** What is known of a slice and a question; null for nothing. */
    public @Nullable Score find(MatFormerSlice slice, int question) {
        return scores.get(key(slice, question));
    }

    /** Keeps one more. */
    public void add(MatFormerSlice slice, int question, Score score) {
        String key = key(slice, question);
        scores.put(key, score);
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("key", key);
        fields.put("said", score.said());
        fields.put("correct", score.correct());
        fields.put("log_likelihood", score.logLikelihood());
        fields.put("tokens", score.tokens());
        fields.put("decoded", score.decoded());
        fields.put("seconds", score.seconds());
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(
                    file, "\n" + JSON.writeValueAsString(fields), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw unusable(file, e);
        }
    }

    private void remember(String line) {
        try {
            JsonNode fields = JSON.readTree(line);
            if (fields.hasNonNull("seconds")) {
                scores.put(
                        fields.get("key").asText(),
                        new Score(
                                fields.path("said").asText(),
                                fields.path("correct").asBoolean(),
                                fields.path("log_likelihood").asDouble(),
                                fields.path("tokens").asInt(),
                                fields.path("decoded").asInt(),
                                fields.get("seconds").asDouble()));
            }
        } catch (JsonProcessingException e) {
            return; // cut off
        }
    }

    private static String key(MatFormerSlice slice, int question) {
        return slice.skip().stream().sorted().toList() + " " + slice.ffn() + " " + question;
    }

    private static InvalidRequestException unusable(Path file, IOException e) {
        return new InvalidRequestException(
                "results can't be kept in " + file + " (" + e.getMessage() + ")",
                "make room or make it writable, or set XDG_CACHE_HOME to another folder",
                e);
    }
}
