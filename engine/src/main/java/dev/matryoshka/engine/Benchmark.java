package dev.matryoshka.engine;

import dev.matryoshka.engine.backend.Backend;
import dev.matryoshka.engine.backend.KernelTime;
import dev.matryoshka.engine.error.InvalidRequestException;
import dev.matryoshka.engine.generation.DecoderSession;
import dev.matryoshka.engine.generation.Logits;
import dev.matryoshka.engine.sampling.Sampler;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Measures a model's text decoder: some prompt tokens computed in chunks, then one token at a time, greedily. Prompt ids are
 * pseudo-random within the text vocabulary, so that a model needs no tokenizer. A short run that does not count comes
 * first, for the JIT and the page cache.
 */
public final class Benchmark {
    private static final int WARM_UP_TOKENS = 8;

    private final Gemma3n model;
    private final Settings settings;

    /**
     * What to run.
     *
     * @param prompt tokens of the prompt
     * @param generate tokens to decode after it, whatever the model says
     * @param runs how often; medians are reported
     */
    public record Settings(int prompt, int generate, int runs) {
        public Settings {
            require(prompt, "prompt");
            require(generate, "generate");
            require(runs, "runs");
        }

        private static void require(int value, String name) {
            if (value < 1) {
                throw new InvalidRequestException("--" + name + " is " + value, "use 1 or more");
            }
        }
    }

    /**
     * What was measured.
     *
     * @param prefillTokensPerSecond of the prompt
     * @param decodeTokensPerSecond of the tokens after it
     * @param firstTokenSeconds from a prompt to the choice of the first token, all programs recorded already
     * @param deviceBytes held by the device, by purpose
     * @param hostBytes {@code ple_mapped}: the table of per-layer embeddings; {@code ple_cache}: copies of its rows;
     *     {@code other}: Java's heap and code, which on the CPU hold keys, values and activations too
     * @param bytesPerToken weights, keys and values that a decoded token reads, on average over the decoded ones
     * @param hostSeconds of a decoded token in which the device has nothing to do; 0 where host and device are one
     * @param readBytesPerSecond plain reading of the device's memory; 0 where unknown
     * @param peakRssBytes most memory the process had, before {@code readBytesPerSecond} was measured; null where unknown
     * @param trace time by kernel of all of it, the run that does not count too
     */
    public record Report(
            double prefillTokensPerSecond,
            double decodeTokensPerSecond,
            double firstTokenSeconds,
            Map<String, Long> deviceBytes,
            Map<String, Long> hostBytes,
            long bytesPerToken,
            double hostSeconds,
            double readBytesPerSecond,
            @Nullable Long peakRssBytes,
            List<KernelTime> trace) {}

    /** Seconds of one run; {@code programs}: of the device while it decoded. */
    private record Run(double prefill, double decode, double programs) {}

    private Benchmark(Gemma3n model, Settings settings) {
        this.model = model;
        this.settings = settings;
    }

    /**
     * Runs it.
     *
     * @throws InvalidRequestException the context is too short for it
     */
    public static Report run(Gemma3n model, Settings settings) {
        long tokens = (long) settings.prompt() + settings.generate();
        if (tokens > model.contextLimit()) {
            throw new InvalidRequestException(
                    "prompt and answer make " + tokens + " tokens, the context holds " + model.contextLimit(),
                    "allow more with --context, up to what the model was made for, or ask for less");
        }
        return new Benchmark(model, settings).measure();
    }

    private Report measure() {
        try (DecoderSession session = model.session(model.contextLimit())) {
            once(
                    session,
                    Math.min(settings.prompt(), model.backend().chunk()),
                    Math.min(settings.generate(), WARM_UP_TOKENS));
            List<Run> runs = new ArrayList<>();
            for (int i = 0; i < settings.runs(); i++) {
                runs.add(once(session, settings.prompt(), settings.generate()));
            }
            double prefill = median(runs, Run::prefill);
            Backend backend = model.backend();
            Map<String, Long> deviceBytes = backend.memory();
            Map<String, Long> hostBytes = hostBytes();
            Long peak = ProcessMemory.peak();
            return new Report(
                    settings.prompt() / prefill,
                    settings.generate() / median(runs, Run::decode),
                    prefill,
                    deviceBytes,
                    hostBytes,
                    bytesPerToken(session),
                    median(runs, run -> run.programs() == 0 ? 0 : run.decode() - run.programs()) / settings.generate(),
                    backend.readBytesPerSecond(),
                    peak,
                    backend.trace());
        }
    }

    private Run once(DecoderSession session, int prompt, int generate) {
        Sampler greedy = new Sampler(new Sampler.Settings(0, 0, 1, 0, 1, 0));
        session.truncate(0);
        session.tokens()
                .add(new SplittableRandom(1)
                        .ints(prompt, 0, model.textVocabulary())
                        .toArray());
        long start = System.nanoTime();
        int next = greedy.next(advance(session), new int[0]);
        long decoding = System.nanoTime();
        long before = model.backend().programNanos();
        for (int i = 0; i < generate; i++) {
            session.tokens().add(next);
            next = greedy.next(advance(session), new int[0]);
        }
        double decode = (System.nanoTime() - decoding) / 1e9;
        return new Run((decoding - start) / 1e9, decode, (model.backend().programNanos() - before) / 1e9);
    }

    private static Logits advance(DecoderSession session) {
        return Objects.requireNonNull(session.advance(() -> false, (done, total) -> {}));
    }

    private long bytesPerToken(DecoderSession session) {
        long first = settings.prompt();
        return (long) LongStream.range(first, first + settings.generate())
                .map(position -> session.bytesRead((int) position))
                .average()
                .orElseThrow();
    }

    private Map<String, Long> hostBytes() {
        MemoryMXBean java = ManagementFactory.getMemoryMXBean();
        java.gc();
        Map<String, Long> bytes = new LinkedHashMap<>();
        bytes.put("ple_mapped", model.decoder().perLayerEmbeddings().bytes());
        bytes.put("ple_cache", model.perLayerTable().heldBytes());
        bytes.put(
                "other",
                java.getHeapMemoryUsage().getUsed()
                        + java.getNonHeapMemoryUsage().getUsed()
                        - bytes.get("ple_cache"));
        return bytes;
    }

    /** Of an even number the mean of the two in the middle. */
    private static double median(List<Run> runs, ToDoubleFunction<Run> of) {
        double[] sorted = runs.stream().mapToDouble(of).sorted().toArray();
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }
}
