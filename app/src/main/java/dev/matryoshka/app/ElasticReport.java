package dev.matryoshka.app;

import dev.matryoshka.engine.Elastic;
import dev.matryoshka.engine.ElasticBenchmark.Phase;
import dev.matryoshka.engine.ModelInfo;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Elastic decoding beside a fixed size, as people and programs read it. */
record ElasticReport(ModelInfo model, Elastic.Speed target, List<Phase> phases) {
    /** One JSON object. */
    String json() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("model", model.id());
        fields.put("type", model.type());
        fields.put("device", model.device());
        fields.put("target_tokens_per_s", target.tokensPerSecond());
        fields.put("exact", target.exact());
        fields.put("phases", phases.stream().map(ElasticReport::object).toList());
        return Terminal.json(fields);
    }

    private static Map<String, Object> object(Phase phase) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("competing_threads", phase.competingThreads());
        fields.put("fixed_tokens_per_s", phase.fixedTokensPerSecond());
        fields.put("elastic_tokens_per_s", phase.elasticTokensPerSecond());
        fields.put("settled_tokens_per_s", phase.settledTokensPerSecond());
        fields.put("slices", phase.slices().stream().map(AnswerReport::object).toList());
        return fields;
    }

    /** A line for each situation. */
    String table() {
        return String.format(
                        Locale.ROOT,
                        "%s, slice %s, %s, %s; target %.1f tokens/s%n",
                        model.id(),
                        model.slice(),
                        model.type(),
                        model.device(),
                        target.tokensPerSecond())
                + phases.stream().map(ElasticReport::line).collect(Collectors.joining(System.lineSeparator()));
    }

    private static String line(Phase phase) {
        return String.format(
                Locale.ROOT,
                "%d competing threads: fixed %.1f, elastic %.1f (second half %.1f) tokens/s: %s",
                phase.competingThreads(),
                phase.fixedTokensPerSecond(),
                phase.elasticTokensPerSecond(),
                phase.settledTokensPerSecond(),
                AnswerReport.slices(phase.slices()));
    }
}
