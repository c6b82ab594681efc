package dev.matryoshka.app;

import dev.matryoshka.engine.ColdBenchmark;
import dev.matryoshka.engine.ModelInfo;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What {@code bench --cold} measured, as people and programs read it. */
record ColdReport(ModelInfo model, int prompt, ColdBenchmark.Report measured) {
    String table() {
        return String.format(
                Locale.ROOT,
                "%s, on %s, prompt of %d tokens: %.3f s with per-layer embeddings in memory, %.3f s with %.1f MB of them from the"
                        + " disk, %.2f times",
                model.id(),
                model.device(),
                prompt,
                measured.warm(),
                measured.cold(),
                measured.readBytes() / 1e6,
                measured.cold() / measured.warm());
    }

    String json() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("model", model.id());
        fields.put("device", model.device());
        fields.put("prompt", prompt);
        fields.put("warm_s", measured.warm());
        fields.put("cold_s", measured.cold());
        fields.put("ple_read_bytes", measured.readBytes());
        return Terminal.json(fields);
    }
}
