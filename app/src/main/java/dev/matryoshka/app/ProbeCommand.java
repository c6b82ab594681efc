package dev.matryoshka.app;

import dev.matryoshka.engine.Gemma3n;
import dev.matryoshka.engine.Probe;
import dev.matryoshka.engine.error.InvalidRequestException;
import dev.matryoshka.engine.weights.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs a case file through a model, to compare it with another implementation. */
@Command(
        name = "probe",
        mixinStandardHelpOptions = true,
        description = "Writes logits, greedy continuation, hidden states and features of a case.")
final class ProbeCommand implements Callable<Integer> {
    @Mixin
    private ModelOptions model = new ModelOptions();

    @Option(
            names = "--case",
            required = true,
            paramLabel = "IN.safetensors",
            description = "Holds any of input_ids [n] int64, pixel_values [3, H, H], waveform [n] at 16 kHz.")
    private Path input = Path.of("");

    @Option(names = "--out", required = true, paramLabel = "OUT.safetensors", description = "Where results go.")
    private Path output = Path.of("");

    @Option(names = "--steps", paramLabel = "N", description = "Tokens to continue greedily (default: 0).")
    private int steps;

    @Option(names = "--seed", paramLabel = "S", description = "Seed of synthetic weights (default: 1).")
    private long seed = 1;

    @Override
    public Integer call() {
        if (steps < 0) {
            throw new InvalidRequestException("--steps is negative", "use 0 or more");
        }
        try (SafetensorsFile in = SafetensorsFile.open(input);
                Gemma3n gemma = model.load(seed)) {
            Probe.run(gemma, in, steps).write(output);
            return 0;
        } catch (IOException e) {
            throw new InvalidRequestException(
                    output + " can't be written (" + e.getMessage() + ")", "choose a place you may write to", e);
        }
    }
}
