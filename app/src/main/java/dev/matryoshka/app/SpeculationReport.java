package dev.matryoshka.app;

import dev.matryoshka.engine.ModelInfo;
import dev.matryoshka.engine.SpeculationBenchmark.Length;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What {@code bench --speculate} measured, as people and programs read it. */
record SpeculationReport(ModelInfo model, String draft, List<Length> lengths) {
    String table() {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%s, %s drafted by %s, on %s%n%8s %10s %10s %10s %10s %16s%n",
                model.id(),
                model.slice(),
                draft,
                model.device(),
                "drafts",
                "plain ms",
                "draft ms",
                "check ms",
                "accepted",
                "all right: x"));
        lengths.forEach(l -> text.append(String.format(
                Locale.ROOT,
                "%8d %10.1f %10.1f %10.1f %10.2f %16.2f%n",
                l.count(),
                l.plainMs(),
                l.draftMs(),
                l.verifyMs(),
                l.accepted(),
                l.most())));
        return text.toString().stripTrailing();
    }

    String json() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("model", model.id());
        fields.put("device", model.device());
        fields.put("slice", model.slice());
        fields.put("draft", draft);
        fields.put("lengths", lengths.stream().map(SpeculationReport::object).toList());
        return Terminal.json(fields);
    }

    private static Map<String, Object> object(Length l) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("drafts", l.count());
        fields.put("plain_ms", l.plainMs());
        fields.put("draft_ms", l.draftMs());
        fields.put("check_ms", l.verifyMs());
        fields.put("accepted", l.accepted());
        fields.put("most_speed_up", l.most());
        return fields;
    }
}
