package dev.matryoshka.app;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Lists the models that can be named. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description = "Lists the models on this machine: the embedded one and those in the Hugging Face cache.")
final class ListCommand implements Callable<Integer> {
    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Override
    public Integer call() {
        List<ModelCatalog.Entry> entries = new ModelCatalog(new ModelStore(AppFolders.ofUser())).entries();
        if (json) {
            List<Map<String, Object>> models = new ArrayList<>();
            entries.forEach(entry -> models.add(object(entry)));
            Terminal.print(Terminal.json(Map.of("models", models)));
            return 0;
        }
        int width =
                entries.stream().mapToInt(entry -> entry.id().length()).max().orElse(0);
        for (ModelCatalog.Entry entry : entries) {
            String where = entry.problem() == null ? entry.path().toString() : entry.problem();
            Terminal.print(String.format(
                    Locale.ROOT, "%-" + width + "s  %9s  %s", entry.id(), Terminal.bytes(entry.diskBytes()), where));
        }
        return 0;
    }

    /** What programs read of a model. */
    static Map<String, Object> object(ModelCatalog.Entry entry) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("id", entry.id());
        fields.put("path", entry.path().toString());
        fields.put("disk_bytes", entry.diskBytes());
        fields.put("problem", entry.problem());
        return fields;
    }
}
