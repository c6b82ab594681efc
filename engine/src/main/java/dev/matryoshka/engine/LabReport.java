package dev.matryoshka.engine;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What some slices of a model are worth, as the makers' MatFormer Lab shows it.
 *
 * @param rows in the order in which they were evaluated
 */
public record LabReport(List<Row> rows) {
    /**
     * One slice.
     *
     * @param accuracy share of right answers, of texts none
     * @param byKind the same by kind
     * @param perplexity of the right answers and texts, by token
     * @param tokensPerSecond of tokens computed one by one
     */
    public record Row(
            SliceInfo slice, double accuracy, Map<String, Double> byKind, double perplexity, double tokensPerSecond) {

        /** Of one slice's scores, in the order of the questions. */
        public static Row of(SliceInfo slice, List<Question> questions, List<Score> scores) {
            Map<String, List<Boolean>> kinds = new TreeMap<>();
            double likelihood = 0;
            double seconds = 0;
            int tokens = 0;
            int decoded = 0;
            for (int i = 0; i < scores.size(); i++) {
                Score score = scores.get(i);
                if (!questions.get(i).isText()) {
                    kinds.computeIfAbsent(questions.get(i).kind(), k -> new ArrayList<>())
                            .add(score.correct());
                }
                likelihood += score.logLikelihood();
                tokens += score.tokens();
                decoded += score.decoded();
                seconds += score.seconds();
            }
            Map<String, Double> byKind = new LinkedHashMap<>();
            kinds.forEach((kind, right) -> byKind.put(kind, share(right)));
            double all = share(kinds.values().stream().flatMap(List::stream).toList());
            return new Row(slice, all, byKind, Math.exp(-likelihood / tokens), decoded / seconds);
        }

        private static double share(List<Boolean> right) {
            return right.stream().mapToInt(each -> each ? 1 : 0).average().orElse(Double.NaN);
        }

        private boolean beats(Row other) {
            long fewer = Long.compare(other.slice.effectiveParameters(), slice.effectiveParameters());
            int better = Double.compare(quality(), other.quality());
            return fewer >= 0 && better >= 0 && (fewer > 0 || better > 0);
        }

        /** More is better: the share of right answers or, where nothing was asked, the negative perplexity. */
        private double quality() {
            return asked() ? accuracy : -perplexity;
        }

        /** Whether there were questions, not texts alone. */
        public boolean asked() {
            return !Double.isNaN(accuracy);
        }
    }

    /** Whether no other slice is as good with fewer parameters, or better with as many. */
    public boolean onFront(Row row) {
        return rows.stream().noneMatch(other -> other.beats(row));
    }

    /** For people; {@code *} marks the Pareto front. */
    public String table() {
        List<String> kinds = kinds();
        StringBuilder text = new StringBuilder(line(
                "  slice",
                "parameters",
                "device MB",
                "tokens/s",
                "right",
                String.join(" ", padded(kinds)),
                "perplexity"));
        for (Row row : rows) {
            List<String> shares = kinds.stream()
                    .map(kind -> percent(row.byKind.getOrDefault(kind, Double.NaN), Math.max(6, kind.length())))
                    .toList();
            text.append(line(
                    (onFront(row) ? "* " : "  ") + row.slice.slice().name(),
                    String.format(Locale.ROOT, "%.2fM", row.slice.effectiveParameters() / 1e6),
                    String.format(Locale.ROOT, "%.1f", row.slice.deviceBytes() / 1e6),
                    String.format(Locale.ROOT, "%.1f", row.tokensPerSecond),
                    percent(row.accuracy, 6),
                    String.join(" ", shares),
                    String.format(Locale.ROOT, "%.3f", row.perplexity)));
        }
        return text.toString();
    }

    private static List<String> padded(List<String> kinds) {
        return kinds.stream()
                .map(kind -> " ".repeat(Math.max(0, 6 - kind.length())) + kind)
                .toList();
    }

    private static String percent(double share, int width) {
        String text = Double.isNaN(share) ? "" : String.format(Locale.ROOT, "%.1f%%", 100 * share);
        return " ".repeat(Math.max(0, width - text.length())) + text;
    }

    private static String line(String... columns) {
        return String.format(Locale.ROOT, "%-16s %10s %9s %8s %6s %s %10s%n", (Object[]) columns);
    }

    /** What there were questions of, in the order of the alphabet. */
    public List<String> kinds() {
        return rows.stream()
                .flatMap(row -> row.byKind.keySet().stream())
                .distinct()
                .sorted()
                .toList();
    }

    /** For spreadsheets: one line a slice. */
    public String csv() {
        List<String> kinds = kinds();
        String head = "slice,effective_parameters,device_bytes,tokens_per_second,accuracy,perplexity,pareto"
                + kinds.stream().map(kind -> "," + quoted(kind)).collect(Collectors.joining());
        return rows.stream()
                .map(row -> quoted(row.slice.slice().name()) + "," + row.slice.effectiveParameters() + ","
                        + row.slice.deviceBytes() + "," + row.tokensPerSecond + "," + row.accuracy + ","
                        + row.perplexity + "," + onFront(row)
                        + kinds.stream()
                                .map(kind -> "," + row.byKind.getOrDefault(kind, Double.NaN))
                                .collect(Collectors.joining()))
                .collect(Collectors.joining("\n", head + "\n", "\n"));
    }

    private static String quoted(String text) {
        return text.matches("[\\w. -]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
    }

    /** For programs. */
    public Map<String, Object> object() {
        List<Map<String, Object>> all = new ArrayList<>();
        for (Row row : rows) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("slice", row.slice.slice().name());
            fields.put("widths", row.slice.slice().ffn());
            fields.put(
                    "skipped_layers", row.slice.slice().skip().stream().sorted().toList());
            fields.put("effective_parameters", row.slice.effectiveParameters());
            fields.put("device_bytes", row.slice.deviceBytes());
            fields.put("tokens_per_second", row.tokensPerSecond);
            fields.put("accuracy", row.accuracy);
            fields.put("by_kind", row.byKind);
            fields.put("perplexity", row.perplexity);
            fields.put("pareto", onFront(row));
            all.add(fields);
        }
        return Map.of("slices", all);
    }
}
