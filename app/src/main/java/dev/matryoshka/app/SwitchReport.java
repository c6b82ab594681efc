package dev.matryoshka.app;

import dev.matryoshka.engine.ModelInfo;
import dev.matryoshka.engine.SwitchBenchmark.Again;
import dev.matryoshka.engine.SwitchBenchmark.Direction;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Measured changes of slice as people and programs read them. */
record SwitchReport(ModelInfo model, int prompt, List<Direction> directions) {
    /** One JSON object. */
    String json() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("model", model.id());
        fields.put("type", model.type());
        fields.put("device", model.device());
        fields.put("prompt_tokens", prompt);
        fields.put("switches", directions.stream().map(SwitchReport::object).toList());
        return Terminal.json(fields);
    }

    private static Map<String, Object> object(Direction direction) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("from", direction.from());
        fields.put("to", direction.to());
        fields.put("kv", direction.kv().name().toLowerCase(Locale.ROOT));
        fields.put("switch_ms", direction.switchMs());
        fields.put("first_token_ms", direction.firstTokenMs());
        fields.put("token_ms", direction.tokenMs());
        fields.put("uploaded_bytes", direction.uploadedBytes());
        Again again = direction.again();
        fields.put("recomputed_first_token_ms", again == null ? null : again.firstTokenMs());
        fields.put("background_tokens", again == null ? null : again.backgroundTokens());
        fields.put("background_token_ms", again == null ? null : again.backgroundTokenMs());
        return fields;
    }

    /** A line for each direction. */
    String table() {
        return String.format(Locale.ROOT, "%s, %s, %s%n", model.id(), model.type(), model.device())
                + directions.stream().map(SwitchReport::line).collect(Collectors.joining(System.lineSeparator()));
    }

    private static String line(Direction d) {
        Again again = d.again();
        String exact = again == null
                ? ""
                : String.format(
                        Locale.ROOT,
                        "; exact ones: first token %.0f ms, or %d tokens of %.0f ms in between",
                        again.firstTokenMs(),
                        again.backgroundTokens(),
                        again.backgroundTokenMs());
        return String.format(
                Locale.ROOT,
                "%s to %s: switch %.2f ms, first token %.1f ms (keys and values %s), others %.1f ms, uploaded %d bytes%s",
                d.from(),
                d.to(),
                d.switchMs(),
                d.firstTokenMs(),
                d.kv().name().toLowerCase(Locale.ROOT),
                d.tokenMs(),
                d.uploadedBytes(),
                exact);
    }
}
