package dev.matryoshka.app;

import dev.matryoshka.engine.ModelSlices;
import dev.matryoshka.engine.SliceInfo;
import dev.matryoshka.engine.checkpoint.Checkpoint;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.config.PublishedModels;
import dev.matryoshka.engine.config.SliceCatalog;
import dev.matryoshka.engine.config.TextConfig;
import dev.matryoshka.engine.error.InvalidRequestException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Lists the Mix-n-Match slices of a model, or saves one. */
@Command(
        name = "slices",
        mixinStandardHelpOptions = true,
        description =
                "Lists the Mix-n-Match slices that fit a model: size, memory, published score, and between which of"
                        + " them a change keeps keys and values exact.")
final class SlicesCommand implements Callable<Integer> {
    @Option(
            names = "--model",
            paramLabel = "ID|FOLDER|GGUF",
            description = "Hub id, folder, GGUF file, or 'embedded' (default: embedded).")
    private @Nullable String model;

    @Option(
            names = "--synthetic",
            paramLabel = "E2B|E4B",
            description = "Instead of --model: a published size, whose files need not be there.")
    private @Nullable String synthetic;

    @Option(
            names = "--type",
            paramLabel = "T",
            description =
                    "With --synthetic: stored type, bf16, q8_0, q4_0, q4_k and whatever else GGUF has (default: bf16).")
    private @Nullable String type;

    @Option(names = "--json", description = "Print one JSON object instead of a table.")
    private boolean json;

    @ArgGroup(exclusive = false)
    private @Nullable Save save;

    /** A slice of the user's own. */
    static final class Save {
        @Option(
                names = "--save",
                required = true,
                paramLabel = "NAME",
                description = "Save a slice under this name; --slice then knows it.")
        String name = "";

        @Option(
                names = "--slice",
                required = true,
                paramLabel = "NAME|SHARE|FILE",
                description = "The slice to save: a JSON file with skip and ffn, a share such as 0.75, another name.")
        String slice = "";
    }

    @Override
    public Integer call() {
        if (synthetic != null && model != null) {
            throw new InvalidRequestException("--synthetic and --model name two models", "give one of them");
        }
        if (synthetic == null && type != null) {
            throw new InvalidRequestException("--type is for --synthetic; a model has its own", "leave it out");
        }
        AppFolders folders = AppFolders.ofUser();
        Path saved = folders.slices();
        String name = synthetic == null ? (model == null ? ModelStore.EMBEDDED : model) : synthetic;
        Path path = synthetic == null ? new ModelStore(folders).find(name).path() : null;
        PrintStream out = Terminal.out();
        if (save != null) {
            TextConfig config = path == null ? PublishedModels.textOnly(name).text() : config(path);
            SliceCatalog catalog = new SliceCatalog(config, saved);
            MatFormerSlice slice = catalog.find(save.slice);
            out.println("saved as " + catalog.save(new MatFormerSlice(save.name, slice.skip(), slice.ffn())));
        } else {
            ModelSlices slices = path == null
                    ? ModelSlices.ofPublished(name, ModelOptions.storedType(type == null ? "bf16" : type), saved)
                    : ModelSlices.of(path, saved);
            out.print(json ? object(name, slices.named()) : table(slices.named()));
        }
        out.flush();
        return 0;
    }

    private static TextConfig config(Path model) {
        try (Checkpoint checkpoint = Checkpoint.open(model)) {
            return checkpoint.config().text();
        }
    }

    private static String object(String model, List<SliceInfo> slices) {
        List<Map<String, Object>> all = new ArrayList<>();
        for (SliceInfo info : slices) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("name", info.slice().name());
            fields.put("origin", info.origin().name().toLowerCase(Locale.ROOT));
            fields.put("widths", info.slice().ffn());
            fields.put("skipped_layers", info.slice().skip().stream().sorted().toList());
            fields.put("effective_parameters", info.effectiveParameters());
            fields.put("device_bytes", info.deviceBytes());
            fields.put("mmlu", info.mmlu());
            fields.put("shares_kv_with", info.sharesKvWith());
            all.add(fields);
        }
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("model", model);
        object.put("slices", all);
        return Terminal.json(object) + "\n";
    }

    private static String table(List<SliceInfo> slices) {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%-14s %10s %10s %6s  %-6s %-26s %s%n",
                "slice",
                "parameters",
                "device MB",
                "MMLU",
                "skips",
                "same keys and values as",
                "widths"));
        for (SliceInfo info : slices) {
            text.append(String.format(
                                    Locale.ROOT,
                                    "%-14s %9.1fM %10.0f %6s  %-6s %-26s %s",
                                    info.slice().name(),
                                    info.effectiveParameters() / 1e6,
                                    info.deviceBytes() / 1e6,
                                    info.mmlu() == null ? "" : String.format(Locale.ROOT, "%.1f", info.mmlu()),
                                    ranges(info.slice().skip().stream().sorted().toList()),
                                    String.join(", ", info.sharesKvWith()),
                                    widths(info.slice()))
                            .stripTrailing())
                    .append(System.lineSeparator());
        }
        return text.toString();
    }

    /** {@code 20×8192 5×16384 10×8192}. */
    private static String widths(MatFormerSlice slice) {
        List<Integer> ffn = slice.ffn();
        List<String> runs = new ArrayList<>();
        for (int from = 0, to; from < ffn.size(); from = to) {
            to = from + 1;
            while (to < ffn.size() && ffn.get(to).equals(ffn.get(from))) {
                to++;
            }
            runs.add((to - from) + "×" + ffn.get(from));
        }
        return String.join(" ", runs);
    }

    /** {@code 20-24,30}. */
    private static String ranges(List<Integer> layers) {
        List<String> runs = new ArrayList<>();
        for (int from = 0, to; from < layers.size(); from = to) {
            to = from + 1;
            while (to < layers.size() && layers.get(to) == layers.get(from) + to - from) {
                to++;
            }
            runs.add(to - from == 1 ? "" + layers.get(from) : layers.get(from) + "-" + layers.get(to - 1));
        }
        return String.join(",", runs);
    }
}
