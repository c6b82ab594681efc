package dev.matryoshka.app;

import dev.matryoshka.engine.Devices;
import dev.matryoshka.engine.LoadOptions;
import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.error.InvalidRequestException;
import dev.matryoshka.engine.selftest.Parity;
import dev.matryoshka.engine.selftest.ParityCases;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Compares a device with the CPU, operation by operation. */
@Command(
        name = "selftest",
        mixinStandardHelpOptions = true,
        description =
                "Runs every operation on a device and on the CPU and compares; or, with --repeat, looks whether a device"
                        + " gets back what it gave. Exits with 1 if any differs or memory stays.")
final class SelftestCommand implements Callable<Integer> {
    @Option(
            names = "--device",
            paramLabel = "D",
            description = "What to test: vulkan, vulkan:N, opencl, opencl:N, cpu, auto (default: vulkan).")
    private String device = "vulkan";

    @Option(
            names = "--repeat",
            paramLabel = "N",
            description =
                    "Instead: load the demo model, ask and unload it N times; memory and open files must not grow.")
    private @Nullable Integer repeat;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Override
    public Integer call() {
        if (repeat != null) {
            return unload(repeat);
        }
        try (Backend tested = Devices.open(device);
                Backend reference = Devices.open("cpu")) {
            List<Parity.Result> results = ParityCases.all().stream()
                    .map(c -> Parity.compare(c, tested, reference))
                    .toList();
            List<Parity.Result> failed =
                    results.stream().filter(r -> !r.passed()).toList();
            Terminal.out().println(json ? object(tested, results, failed) : text(tested, results, failed));
            return failed.isEmpty() ? 0 : Main.FAILURE;
        }
    }

    private int unload(int times) {
        if (times < 1) {
            throw new InvalidRequestException("--repeat is " + times, "use 1 or more");
        }
        ModelStore.Found demo = new ModelStore(AppFolders.ofUser()).find(ModelStore.EMBEDDED);
        LoadOptions options =
                new LoadOptions(ModelStore.EMBEDDED, device, MatFormerSlice::whole, LoadOptions.DEFAULT_CONTEXT);
        UnloadCheck check = UnloadCheck.run(demo.path(), options, times);
        Terminal.out().println(json ? Terminal.json(check.fields()) : check.toString());
        return check.passed() ? 0 : Main.FAILURE;
    }

    private static String text(Backend tested, List<Parity.Result> results, List<Parity.Result> failed) {
        StringBuilder text = new StringBuilder();
        failed.forEach(r -> text.append(String.format(
                Locale.ROOT, "differs: %s, by %.2g, allowed %.2g%n", r.name(), r.error(), r.tolerance())));
        return text + tested.device() + ": " + (results.size() - failed.size()) + " of " + results.size()
                + " comparisons agree with the CPU";
    }

    private static String object(Backend tested, List<Parity.Result> results, List<Parity.Result> failed) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("device", tested.device());
        fields.put("comparisons", results.size());
        fields.put("failed", failed.stream().map(Parity.Result::name).toList());
        return Terminal.json(fields);
    }
}
