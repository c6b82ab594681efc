package dev.matryoshka.app;

import dev.matryoshka.engine.Devices;
import dev.matryoshka.engine.LoadOptions;
import dev.matryoshka.engine.ModelDetails;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What a model is and what it takes, without loading it. */
@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        description =
                "Shows what a model is, what it takes on a device and on the disk, and whether it fits; loads nothing.")
final class ShowCommand implements Callable<Integer> {
    @Parameters(
            arity = "0..1",
            paramLabel = "ID|FOLDER|GGUF",
            description = "Hub id, folder, GGUF file, or 'embedded' (default: embedded).")
    private String model = ModelStore.EMBEDDED;

    @Option(
            names = "--device",
            paramLabel = "D",
            description = "What it is to fit on: cpu, vulkan:N, opencl:N, or auto (default: auto).")
    private String device = Devices.AUTO;

    @Option(names = "--context", paramLabel = "N", description = "Tokens a conversation can hold (default: 4096).")
    private int context = LoadOptions.DEFAULT_CONTEXT;

    @Option(
            names = "--mmproj",
            paramLabel = "FILE",
            description = "A GGUF model's towers for pictures and sounds (default: an mmproj file beside it).")
    private @Nullable Path projector;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Override
    public Integer call() {
        ModelStore store = new ModelStore(AppFolders.ofUser());
        ModelCatalog.Entry entry = new ModelCatalog(store).entry(store.find(model));
        ModelDetails details = ModelCatalog.details(entry, projector, device, context);
        Terminal.print(json ? Terminal.json(object(entry, details)) : table(entry, details));
        return 0;
    }

    private static Map<String, Object> object(ModelCatalog.Entry entry, ModelDetails details) {
        Map<String, Object> fields = ListCommand.object(entry);
        fields.put("architecture", ModelCatalog.ARCHITECTURE);
        fields.put("layers", details.layers());
        fields.put("inputs", inputs(details));
        fields.put("parameters", details.parameters());
        fields.put("effective_parameters", details.effectiveParameters());
        fields.put("types", details.types());
        fields.put("context_length", details.contextLength());
        fields.put("licence", ModelCatalog.licence(entry));
        fields.put("device", details.device());
        fields.put("device_bytes", details.deviceBytes());
        fields.put("tower_bytes", details.towerBytes());
        fields.put("host_bytes", Map.of("ple_mapped", details.mappedBytes()));
        fields.put("fits", details.problem() == null);
        fields.put("problem", details.problem());
        return fields;
    }

    private static String table(ModelCatalog.Entry entry, ModelDetails details) {
        Map<String, String> lines = new LinkedHashMap<>();
        String licence = ModelCatalog.licence(entry);
        lines.put("model", entry.id());
        lines.put("files", entry.path() + ", " + Terminal.bytes(entry.diskBytes()));
        lines.put(
                "architecture",
                ModelCatalog.ARCHITECTURE + ", " + details.layers() + " layers; takes "
                        + String.join(", ", inputs(details)));
        lines.put(
                "parameters",
                Terminal.count(details.parameters()) + ", effective " + Terminal.count(details.effectiveParameters()));
        lines.put(
                "types",
                details.types().entrySet().stream()
                        .map(each -> each.getKey() + " " + Terminal.count(each.getValue()))
                        .collect(Collectors.joining(", ")));
        lines.put("context", "up to " + details.contextLength() + " tokens");
        lines.put("licence", licence.isEmpty() ? "its publisher doesn't say" : licence);
        lines.put("device", details.device());
        lines.put("on the device", held(details));
        lines.put("on the CPU", "per-layer embeddings " + Terminal.bytes(details.mappedBytes()) + ", mapped");
        lines.put("fits", details.problem() == null ? "yes" : "no: " + details.problem());
        return lines.entrySet().stream()
                .map(line -> String.format(Locale.ROOT, "%-15s %s", line.getKey(), line.getValue()))
                .collect(Collectors.joining(System.lineSeparator()));
    }

    private static String held(ModelDetails details) {
        String parts = details.deviceBytes().entrySet().stream()
                .map(each -> each.getKey() + " " + Terminal.bytes(each.getValue()))
                .collect(Collectors.joining(", "));
        return details.towerBytes() == 0
                ? parts
                : parts + "; with pictures and sounds " + Terminal.bytes(details.towerBytes()) + " more";
    }

    private static List<String> inputs(ModelDetails details) {
        List<String> inputs = new ArrayList<>(List.of("text"));
        if (details.pictures()) {
            inputs.add("pictures");
        }
        if (details.sounds()) {
            inputs.add("sounds");
        }
        return inputs;
    }
}
