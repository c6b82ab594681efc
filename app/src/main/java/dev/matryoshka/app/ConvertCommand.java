package dev.matryoshka.app;

import dev.matryoshka.engine.SliceExport;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Writes a slice of a model as a model of its own. */
@Command(
        name = "convert",
        mixinStandardHelpOptions = true,
        description = "Cuts a Mix-n-Match slice out of a model and writes it as a Hugging Face folder.")
final class ConvertCommand implements Callable<Integer> {
    @Option(
            names = "--from",
            paramLabel = "ID|FOLDER",
            description = "Hub id, folder, or 'embedded' (default: embedded).")
    private String from = ModelStore.EMBEDDED;

    @Option(names = "--to", required = true, paramLabel = "FOLDER", description = "A new folder.")
    private Path to = Path.of("");

    @Option(
            names = "--slice",
            required = true,
            paramLabel = "NAME|SHARE|FILE",
            description = "The slice: a name that 'slices' lists, a share of each layer, or a JSON file.")
    private String slice = "";

    @Override
    public Integer call() {
        Path folder = new ModelStore(AppFolders.ofUser()).find(from).path();
        SliceExport.write(folder, to, config -> ModelOptions.catalog(config).find(slice));
        System.err.println("written to " + to);
        return 0;
    }
}
