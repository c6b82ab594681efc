package dev.matryoshka.app;

import dev.matryoshka.engine.Benchmark;
import dev.matryoshka.engine.ModelInfo;
import dev.matryoshka.engine.backend.KernelTime;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A benchmark's results as people and programs read them. */
record BenchReport(ModelInfo model, double loadSeconds, Benchmark.Report measured) {
    /** One JSON object. */
    String json() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("model", model.id());
        fields.put("slice", model.slice());
        fields.put("type", model.type());
        fields.put("load_s", loadSeconds);
        fields.put("prefill_tokens_per_s", measured.prefillTokensPerSecond());
        fields.put("decode_tokens_per_s", measured.decodeTokensPerSecond());
        fields.put("first_token_s", measured.firstTokenSeconds());
        fields.put("device", model.device());
        fields.put("device_reason", model.deviceReason());
        fields.put("device_bytes", measured.deviceBytes());
        fields.put("host_bytes", measured.hostBytes());
        fields.put("bytes_per_token", measured.bytesPerToken());
        fields.put("effective_gb_per_s", effective());
        fields.put("host_us_per_token", measured.hostSeconds() == 0 ? null : 1e6 * measured.hostSeconds());
        fields.put("read_gb_per_s", read() == 0 ? null : read());
        fields.put("peak_rss_bytes", measured.peakRssBytes());
        if (!measured.trace().isEmpty()) {
            fields.put("trace", measured.trace());
        }
        return Terminal.json(fields);
    }

    /** Lines of a name and a value. */
    String table() {
        String table = String.format(
                Locale.ROOT,
                """
                model           %s, slice %s, %s
                device          %s (%s)
                load            %.2f s
                prefill         %.1f tokens/s
                decode          %.1f tokens/s
                first token     %.3f s
                device memory   %s
                host memory     %s
                read per token  %.1f MB
                reads reached   %.1f GB/s of %s GB/s
                host per token  %s us
                peak memory     %s MB""",
                model.id(),
                model.slice(),
                model.type(),
                model.device(),
                model.deviceReason(),
                loadSeconds,
                measured.prefillTokensPerSecond(),
                measured.decodeTokensPerSecond(),
                measured.firstTokenSeconds(),
                megabytes(measured.deviceBytes()),
                megabytes(measured.hostBytes()),
                measured.bytesPerToken() / 1e6,
                effective(),
                read() == 0 ? "?" : round(read()),
                measured.hostSeconds() == 0 ? "?" : round(1e6 * measured.hostSeconds()),
                measured.peakRssBytes() == null ? "?" : round(measured.peakRssBytes() / 1e6));
        return measured.trace().isEmpty() ? table : table + trace();
    }

    /** Kernels, the most costly first. */
    private String trace() {
        double all = measured.trace().stream().mapToLong(KernelTime::nanos).sum();
        return measured.trace().stream()
                .map(t -> String.format(
                        Locale.ROOT,
                        "%7d x %9.1f us %5.1f%%  %s",
                        t.calls(),
                        t.nanos() / 1e3 / t.calls(),
                        100 * t.nanos() / all,
                        t.kernel()))
                .collect(Collectors.joining("\n", "\n\n", ""));
    }

    private double effective() {
        return measured.bytesPerToken() * measured.decodeTokensPerSecond() / 1e9;
    }

    private double read() {
        return measured.readBytesPerSecond() / 1e9;
    }

    private static String megabytes(Map<String, Long> bytes) {
        return bytes.entrySet().stream()
                .map(each -> each.getKey() + " " + round(each.getValue() / 1e6))
                .collect(Collectors.joining(", ", "", " MB"));
    }

    private static String round(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
