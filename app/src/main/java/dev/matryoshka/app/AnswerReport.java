package dev.matryoshka.app;

import dev.matryoshka.engine.Answer;
import dev.matryoshka.engine.ModelInfo;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What an answer took, as people and programs read it. */
final class AnswerReport {
    private AnswerReport() {}

    /** One line of statistics. */
    static String line(Answer a, ModelInfo model) {
        return String.format(
                Locale.ROOT,
                "%s · %s · %s · %d + %d tokens · first token %.3f s · prefill %.1f tokens/s · decode %.1f tokens/s%s · %s"
                        + " · seed %d",
                model.id(),
                slices(a.slices()),
                model.device(),
                a.promptTokens(),
                a.generatedTokens(),
                a.timeToFirstTokenSeconds(),
                a.prefillTokensPerSecond(),
                a.decodeTokensPerSecond(),
                drafts(a.drafts()),
                reason(a),
                a.generation().seed());
    }

    /** One JSON object. */
    static String json(Answer a, ModelInfo model) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("text", a.text());
        fields.put("prompt_tokens", a.promptTokens());
        fields.put("generated_tokens", a.generatedTokens());
        fields.put("time_to_first_token_s", a.timeToFirstTokenSeconds());
        fields.put("prefill_tokens_per_s", a.prefillTokensPerSecond());
        fields.put("decode_tokens_per_s", a.decodeTokensPerSecond());
        if (a.drafts().passes() > 0) {
            fields.put("draft_passes", a.drafts().passes());
            fields.put("drafted_tokens", a.drafts().drafted());
            fields.put("accepted_tokens", a.drafts().accepted());
        }
        fields.put("stop_reason", reason(a));
        fields.put("model", model.id());
        fields.put("slice", model.slice());
        fields.put("slices", a.slices().stream().map(AnswerReport::object).toList());
        fields.put("device", model.device());
        fields.put("device_reason", model.deviceReason());
        fields.put("seed", a.generation().seed());
        return Terminal.json(fields);
    }

    /** A slice at work, for JSON. */
    static Map<String, Object> object(Answer.SliceUse use) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("slice", use.slice().name());
        fields.put("from_token", use.fromToken());
        fields.put("approximate", use.approximate());
        if (use.reason() != null) {
            fields.put("reason", use.reason());
        }
        return fields;
    }

    /** {@code whole, from token 12 on E2B (approximate)}. */
    static String slices(List<Answer.SliceUse> slices) {
        return slices.stream()
                .map(use -> (use.fromToken() == 0 ? "" : "from token " + use.fromToken() + " on ")
                        + use.slice().name()
                        + (use.approximate() ? " (approximate)" : "")
                        + (use.reason() == null ? "" : " (" + use.reason() + ")"))
                .collect(Collectors.joining(", "));
    }

    private static String drafts(Answer.Drafts d) {
        return d.passes() == 0
                ? ""
                : String.format(Locale.ROOT, " (%d of %d drafts accepted)", d.accepted(), d.drafted());
    }

    private static String reason(Answer a) {
        return a.stopReason().name().toLowerCase(Locale.ROOT);
    }
}
