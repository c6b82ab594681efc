package dev.matryoshka.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.matryoshka.engine.Benchmark;
import dev.matryoshka.engine.ModelInfo;
import dev.matryoshka.engine.backend.KernelTime;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How results are written. */
class BenchReportTest {
    private static final ModelInfo MODEL =
            new ModelInfo("m", 10, 5, "BF16", 4096, 0, 0, "CPU, 2 threads", "asked for", false, "whole");

    @Test
    void jsonHasEveryFigure() throws IOException {
        JsonNode json =
                new ObjectMapper().readTree(report(20e9, 1L << 30, List.of()).json());
        assertEquals(1.5, json.path("load_s").asDouble());
        assertEquals(100, json.path("prefill_tokens_per_s").asDouble());
        assertEquals(4, json.path("decode_tokens_per_s").asDouble());
        assertEquals(0.25, json.path("first_token_s").asDouble());
        assertEquals("CPU, 2 threads", json.path("device").asText());
        assertEquals(7, json.path("device_bytes").path("weights").asLong());
        assertEquals(9, json.path("host_bytes").path("ple_mapped").asLong());
        assertEquals(2_000_000_000, json.path("bytes_per_token").asLong());
        assertEquals(8, json.path("effective_gb_per_s").asDouble());
        assertEquals(20, json.path("read_gb_per_s").asDouble());
        assertEquals(500, json.path("host_us_per_token").asDouble(), 1e-9);
        assertEquals(1L << 30, json.path("peak_rss_bytes").asLong());
    }

    @Test
    void whatIsNotKnownIsNull() throws IOException {
        BenchReport unknown = report(0, null, List.of());
        JsonNode json = new ObjectMapper().readTree(unknown.json());
        assertTrue(json.path("read_gb_per_s").isNull());
        assertTrue(json.path("peak_rss_bytes").isNull());
        assertTrue(json.path("host_us_per_token").isNull());
        assertTrue(unknown.table().contains("8.0 GB/s of ? GB/s"), unknown.table());
    }

    @Test
    void kernelsAreListed() throws IOException {
        BenchReport traced = report(0, null, List.of(new KernelTime("rope", 4, 6000), new KernelTime("mean", 1, 2000)));
        assertTrue(traced.table().contains("4 x       1.5 us  75.0%  rope"), traced.table());
        JsonNode json = new ObjectMapper().readTree(traced.json());
        assertEquals("mean", json.path("trace").path(1).path("kernel").asText());
        assertEquals(2000, json.path("trace").path(1).path("nanos").asLong());
    }

    private static BenchReport report(double read, @Nullable Long peak, List<KernelTime> trace) {
        Benchmark.Report measured = new Benchmark.Report(
                100,
                4,
                0.25,
                Map.of("weights", 7L),
                Map.of("ple_mapped", 9L),
                2_000_000_000,
                read == 0 ? 0 : 0.0005,
                read,
                peak,
                trace);
        return new BenchReport(MODEL, 1.5, measured);
    }
}
