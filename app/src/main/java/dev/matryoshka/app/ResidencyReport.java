package dev.matryoshka.app;

import dev.matryoshka.engine.ModelInfo;
import dev.matryoshka.engine.ResidencyBenchmark;
import dev.matryoshka.engine.ResidencyBenchmark.Turn;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What a device keeps of a model, growing and shrinking, as people and programs read it. */
record ResidencyReport(ModelInfo model, ResidencyBenchmark.Report report) {
    /** One JSON object. */
    String json() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("model", model.id());
        fields.put("type", model.type());
        fields.put("device", model.device());
        fields.put("resident", report.small());
        fields.put("grown", report.large());
        fields.put("resident_bytes", report.firstBytes());
        fields.put("plain_tokens_per_s", report.plainTokensPerSecond());
        fields.put("grown_tokens_per_s", report.grownTokensPerSecond());
        fields.put("turns", report.turns().stream().map(ResidencyReport::object).toList());
        return Terminal.json(fields);
    }

    private static Map<String, Object> object(Turn turn) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("to", turn.to());
        fields.put("answering", turn.answering());
        fields.put("ms", turn.milliseconds());
        fields.put("tokens_per_s", turn.answering() ? turn.tokensPerSecond() : null);
        fields.put("longest_token_ms", turn.answering() ? turn.longestTokenMs() : null);
        fields.put("resident_bytes", turn.bytes());
        fields.put("process_bytes", turn.processBytes());
        return fields;
    }

    /** A line for each change. */
    String table() {
        return String.format(
                        Locale.ROOT,
                        "%s, %s, %s: %s keeps %.3f GB, decodes %.1f tokens/s, and %.1f while %s is there%n",
                        model.id(),
                        model.type(),
                        model.device(),
                        report.small(),
                        report.firstBytes() / 1e9,
                        report.plainTokensPerSecond(),
                        report.grownTokensPerSecond(),
                        report.large())
                + report.turns().stream()
                        .map(ResidencyReport::line)
                        .collect(Collectors.joining(System.lineSeparator()));
    }

    private static String line(Turn turn) {
        String meanwhile = turn.answering()
                ? String.format(
                        Locale.ROOT,
                        ", %.1f tokens/s meanwhile, the slowest took %.0f ms",
                        turn.tokensPerSecond(),
                        turn.longestTokenMs())
                : ", nothing else running";
        return String.format(
                Locale.ROOT,
                "to %s: %.0f ms%s; keeps %.3f GB",
                turn.to(),
                turn.milliseconds(),
                meanwhile,
                turn.bytes() / 1e9);
    }
}
