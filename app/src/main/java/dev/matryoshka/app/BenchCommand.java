package dev.matryoshka.app;

import dev.matryoshka.engine.Benchmark;
import dev.matryoshka.engine.ColdBenchmark;
import dev.matryoshka.engine.Elastic;
import dev.matryoshka.engine.ElasticBenchmark;
import dev.matryoshka.engine.Gemma3n;
import dev.matryoshka.engine.ResidencyBenchmark;
import dev.matryoshka.engine.SpeculationBenchmark;
import dev.matryoshka.engine.SwitchBenchmark;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.config.SliceCatalog;
import dev.matryoshka.engine.error.InvalidRequestException;
import dev.matryoshka.engine.weights.DType;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures a model on a device. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Measures speed and memory: a prompt of random tokens, then tokens decoded greedily.")
final class BenchCommand implements Callable<Integer> {
    @Mixin
    private ModelOptions model = new ModelOptions();

    @Option(
            names = "--synthetic",
            paramLabel = "E2B|E4B",
            description =
                    "Instead of --model: weights by formula in a published size; --type is any that GGUF has (default: bf16).")
    private @Nullable String synthetic;

    @Option(
            names = "--prompt",
            paramLabel = "P",
            description = "Tokens of the prompt (default: 512, or 64 with --switch, --grow, --elastic or --speculate).")
    private @Nullable Integer prompt;

    @Option(names = "--generate", paramLabel = "G", description = "Tokens to decode (default: 128).")
    private int generate = 128;

    @Option(names = "--runs", paramLabel = "R", description = "Runs, of which medians are shown (default: 3).")
    private int runs = 3;

    @Option(
            names = "--trace",
            description = "Show the device's time by kernel too (Vulkan; it slows the device a little).")
    private boolean trace;

    @Option(
            names = "--switch",
            paramLabel = "A,B",
            split = ",",
            description = "Measure changes between two slices while it decodes, there and back.")
    private List<String> slices = List.of();

    @Option(
            names = "--grow",
            paramLabel = "SLICE",
            description =
                    "With --resident: measure how what the device keeps grows to SLICE and shrinks again, beside an answer.")
    private @Nullable String grow;

    @Option(
            names = "--elastic",
            paramLabel = "T",
            description = "Measure whether elastic decoding keeps T tokens/s, alone and beside competing threads.")
    private @Nullable Double elastic;

    @Option(
            names = "--speculate",
            paramLabel = "SLICE",
            description = "Measure what drafting with a smaller slice costs and could gain.")
    private @Nullable String speculate;

    @Option(names = "--exact", description = "With --elastic: give up only what leaves keys and values exact.")
    private boolean exact;

    @Option(
            names = "--cold",
            description = "Measure prompts whose per-layer embeddings come from the disk against those in memory.")
    private boolean cold;

    @Option(names = "--json", description = "Print one JSON object instead of a table.")
    private boolean json;

    @Override
    public Integer call() {
        Benchmark.Settings settings = new Benchmark.Settings(promptTokens(), generate, runs);
        Elastic.Speed target = elastic == null ? null : new Elastic.Speed(elastic, exact);
        if (!slices.isEmpty() && slices.size() != 2) {
            throw new InvalidRequestException(
                    "--switch names " + slices.size() + " slices", "name two, as in --switch E2B,E4B");
        }
        if (synthetic != null && !model.model().equals(ModelStore.EMBEDDED)) {
            throw new InvalidRequestException("--synthetic and --model name two models", "give one of them");
        }
        if (trace) {
            System.setProperty("matryoshka.vulkan.trace", "true");
        }
        long start = System.nanoTime();
        try (Gemma3n gemma = synthetic == null ? model.load(1) : synthetic(synthetic)) {
            double loadSeconds = (System.nanoTime() - start) / 1e9;
            PrintStream out = Terminal.out();
            out.println(measure(gemma, settings, target, loadSeconds));
            out.flush();
            return 0;
        }
    }

    private String measure(
            Gemma3n gemma, Benchmark.Settings settings, Elastic.@Nullable Speed target, double loadSeconds) {
        if (target != null) {
            ElasticReport report = new ElasticReport(
                    gemma.info(), target, ElasticBenchmark.run(gemma, target, settings.prompt(), settings.generate()));
            return json ? report.json() : report.table();
        }
        if (cold) {
            ColdReport report =
                    new ColdReport(gemma.info(), promptTokens(), ColdBenchmark.run(gemma, promptTokens(), runs));
            return json ? report.json() : report.table();
        }
        if (speculate != null) {
            MatFormerSlice draft = ModelOptions.catalog(gemma.config().text()).find(speculate);
            SpeculationReport report = new SpeculationReport(
                    gemma.info(), draft.name(), SpeculationBenchmark.run(gemma, draft, settings.prompt(), runs));
            return json ? report.json() : report.table();
        }
        if (grow != null) {
            MatFormerSlice large = ModelOptions.catalog(gemma.config().text()).find(grow);
            ResidencyReport report = new ResidencyReport(
                    gemma.info(), ResidencyBenchmark.run(gemma, large, settings.prompt(), settings.generate()));
            return json ? report.json() : report.table();
        }
        if (!slices.isEmpty()) {
            SwitchReport report = switches(gemma);
            return json ? report.json() : report.table();
        }
        BenchReport report = new BenchReport(gemma.info(), loadSeconds, Benchmark.run(gemma, settings));
        return json ? report.json() : report.table();
    }

    private SwitchReport switches(Gemma3n gemma) {
        SliceCatalog catalog = ModelOptions.catalog(gemma.config().text());
        return new SwitchReport(
                gemma.info(),
                promptTokens(),
                SwitchBenchmark.run(
                        gemma, catalog.find(slices.get(0)), catalog.find(slices.get(1)), promptTokens(), runs));
    }

    private int promptTokens() {
        return prompt != null
                ? prompt
                : slices.isEmpty() && elastic == null && speculate == null && grow == null ? 512 : 64;
    }

    /** A published model with weights by formula. */
    private Gemma3n synthetic(String name) {
        String type = model.type();
        DType stored = ModelOptions.storedType(type == null ? "bf16" : type);
        return model.configured(Gemma3n.synthetic(name, stored, 1, model.options("synthetic " + name)));
    }
}
