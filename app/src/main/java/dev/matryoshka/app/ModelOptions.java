package dev.matryoshka.app;

import dev.matryoshka.engine.Gemma3n;
import dev.matryoshka.engine.LoadOptions;
import dev.matryoshka.engine.config.SliceReader;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Options of every command that loads a model. */
final class ModelOptions {
    private static final String SYNTHETIC = "synthetic:";

    @Option(
            names = "--model",
            paramLabel = "ID|FOLDER",
            description = "Hub id, folder, 'embedded', or synthetic:FOLDER for weights by formula (default: embedded).")
    String model = ModelStore.EMBEDDED;

    @Option(
            names = "--slice",
            paramLabel = "NAME|FILE",
            description = "Mix-n-Match slice: a published name, 'half', or a JSON file with skip and ffn.")
    String slice = "whole";

    @Option(
            names = "--device",
            paramLabel = "D",
            description = "What computes: cpu, cpu:THREADS, vulkan or vulkan:N (default: cpu).")
    String device = "cpu";

    @Option(names = "--context", paramLabel = "N", description = "Tokens a conversation can hold (default: 4096).")
    int context = LoadOptions.DEFAULT_CONTEXT;

    /** Loads the model that was asked for; {@code seed} makes synthetic weights. */
    Gemma3n load(long seed) {
        LoadOptions options = options(model);
        if (model.startsWith(SYNTHETIC)) {
            return Gemma3n.synthetic(Path.of(model.substring(SYNTHETIC.length())), seed, options);
        }
        ModelStore.Found found = new ModelStore(AppFolders.ofUser()).find(model);
        return Gemma3n.load(found.folder(), options);
    }

    /** The other options, for a model of this name. */
    LoadOptions options(String id) {
        return new LoadOptions(id, device, config -> SliceReader.find(slice, config), context);
    }
}
