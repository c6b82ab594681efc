package dev.matryoshka.app;

import dev.matryoshka.engine.Devices;
import dev.matryoshka.engine.ProductBenchmark;
import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.error.InvalidRequestException;
import dev.matryoshka.engine.weights.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures a device's matrix products. */
@Command(
        name = "bench-products",
        mixinStandardHelpOptions = true,
        description = "Measures matrix products in the sizes of a layer, by stored type of the weights.")
final class ProductsCommand implements Callable<Integer> {
    private static final List<DType> TYPES = List.of(DType.F32, DType.F16, DType.BF16, DType.Q8_0, DType.Q4_0);

    @Option(
            names = "--device",
            paramLabel = "D",
            description = "What computes: cpu, vulkan, vulkan:N, opencl, auto (default: cpu).")
    private String device = "cpu";

    @Option(
            names = "--type",
            paramLabel = "T",
            split = ",",
            description =
                    "Types of the weights, any that GGUF has: f32, bf16, q4_0, q6_k (default: f32, f16, bf16, q8_0, q4_0).")
    private List<String> types = List.of();

    @Option(
            names = "--rows",
            paramLabel = "R",
            split = ",",
            description = "Rows that are multiplied at once: 1 is decoding, 64 a prompt (default: 1,64).")
    private int[] rows = {1, 64};

    @Option(names = "--json", description = "Print one JSON object instead of a table.")
    private boolean json;

    @Override
    public Integer call() {
        List<DType> chosen = types.isEmpty()
                ? TYPES
                : types.stream().map(ModelOptions::storedType).toList();
        for (int count : rows) {
            if (count < 1) {
                throw new InvalidRequestException("--rows is " + count, "use 1 or more");
            }
        }
        List<ProductBenchmark.Result> results = new ArrayList<>();
        String name;
        try (Backend backend = Devices.open(device)) {
            name = backend.device();
            chosen.forEach(t -> results.addAll(ProductBenchmark.run(backend, t, rows)));
        }
        Terminal.out()
                .println(
                        json
                                ? Terminal.json(Map.of(
                                        "device",
                                        name,
                                        "products",
                                        results.stream()
                                                .map(ProductsCommand::fields)
                                                .toList()))
                                : name + "\n" + table(results));
        return 0;
    }

    private static Map<String, Object> fields(ProductBenchmark.Result r) {
        return Map.of(
                "type",
                r.type().name().toLowerCase(Locale.ROOT),
                "rows",
                r.rows(),
                "depth",
                r.depth(),
                "columns",
                r.columns(),
                "us",
                r.seconds() * 1e6,
                "gb_per_s",
                r.bytesPerSecond() / 1e9,
                "gflop_per_s",
                r.flops() / 1e9);
    }

    private static String table(List<ProductBenchmark.Result> results) {
        return results.stream()
                .map(r -> String.format(
                        Locale.ROOT,
                        "%-6s %4d x %5d x %5d %10.1f us %8.1f GB/s %9.1f GFLOP/s",
                        r.type(),
                        r.rows(),
                        r.depth(),
                        r.columns(),
                        r.seconds() * 1e6,
                        r.bytesPerSecond() / 1e9,
                        r.flops() / 1e9))
                .collect(Collectors.joining("\n", "type   rows x depth x columns\n", ""));
    }
}
