package dev.matryoshka.app;

import dev.matryoshka.engine.Devices;
import dev.matryoshka.engine.backend.DeviceInfo;
import dev.matryoshka.engine.device.DeviceReport;
import dev.matryoshka.engine.device.Survey;
import dev.matryoshka.engine.selftest.DeviceCheck;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows every device, measures it and says which one would be chosen. */
@Command(
        name = "devices",
        mixinStandardHelpOptions = true,
        description = "Lists what can compute, measured now; '--device auto' goes by these measurements from then on.")
final class DevicesCommand implements Callable<Integer> {
    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Override
    public Integer call() {
        Survey survey = Devices.selector().everything();
        Terminal.print(json ? Terminal.json(object(survey)) : text(survey));
        return 0;
    }

    private static String text(Survey survey) {
        StringBuilder text = new StringBuilder();
        for (DeviceReport each : survey.devices()) {
            DeviceInfo device = each.device();
            boolean chosen = each.equals(survey.devices().getFirst());
            text.append(String.format(Locale.ROOT, "%-10s %s%n", device.id(), device.name()));
            line(text, kind(device) + ", " + device.api() + ", " + device.driver());
            line(text, gigabytes(device.memory()) + " GB of memory, " + gigabytes(device.free()) + " GB free");
            line(text, String.join(", ", device.features()));
            line(text, limits(device));
            line(text, (chosen ? "chosen: " : "not chosen: ") + each.why());
        }
        survey.missing().forEach((kind, why) -> text.append(String.format("%-10s %s%n", kind, why)));
        return text.toString().stripTrailing();
    }

    private static void line(StringBuilder text, String line) {
        if (!line.isEmpty()) {
            text.append(" ".repeat(11)).append(line).append(System.lineSeparator());
        }
    }

    private static String limits(DeviceInfo device) {
        return device.limits().entrySet().stream()
                .map(e -> e.getKey().replace('_', ' ') + " " + e.getValue())
                .collect(Collectors.joining(", "));
    }

    private static Map<String, Object> object(Survey survey) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("chosen", survey.devices().getFirst().device().id());
        fields.put(
                "devices", survey.devices().stream().map(DevicesCommand::object).toList());
        fields.put("missing", survey.missing());
        return fields;
    }

    private static Map<String, Object> object(DeviceReport report) {
        DeviceInfo device = report.device();
        DeviceCheck.@Nullable Result measured = report.measured();
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("device", device.id());
        fields.put("name", device.name());
        fields.put("kind", kind(device));
        fields.put("driver", device.driver());
        fields.put("api", device.api());
        fields.put("memory_bytes", device.memory());
        fields.put("free_bytes", device.free());
        fields.put("limits", device.limits());
        fields.put("features", device.features());
        fields.put("gb_per_s", measured == null ? null : measured.bytesPerSecond() / 1e9);
        fields.put("agrees_with_cpu", measured == null ? null : measured.fault() == null);
        fields.put("eligible", report.eligible());
        fields.put("why", report.why());
        return fields;
    }

    private static String kind(DeviceInfo device) {
        return device.kind().name().toLowerCase(Locale.ROOT);
    }

    private static String gigabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f", bytes / 1e9);
    }
}
