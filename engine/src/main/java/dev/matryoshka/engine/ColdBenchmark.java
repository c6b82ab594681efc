package dev.matryoshka.engine;

import dev.matryoshka.engine.error.InvalidRequestException;
import dev.matryoshka.engine.generation.DecoderSession;
import dev.matryoshka.engine.text.PerLayerEmbeddings;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Measures prompts whose rows of the per-layer table come from the disk against prompts whose rows are in memory, in turn. Each prompt
 * is another one, so that no row of it was kept.
 */
public final class ColdBenchmark {
    /**
     * Seconds of a prompt, medians.
     *
     * @param warm with the table's pages in memory
     * @param cold without
     * @param readBytes of the table that came from the disk for a cold prompt
     */
    public record Report(double warm, double cold, long readBytes) {}

    private final Gemma3n model;
    private final DecoderSession session;
    private final PerLayerEmbeddings table;

    private ColdBenchmark(Gemma3n model, DecoderSession session) {
        this.model = model;
        this.session = session;
        table = model.decoder().perLayerEmbeddings();
    }

    /**
     * Runs it.
     *
     * @param prompt tokens of each
     * @param runs prompts of either kind, after one that does not count
     * @throws InvalidRequestException the weights are not a file's, or the system can't drop its pages
     */
    public static Report run(Gemma3n model, int prompt, int runs) {
        try (DecoderSession session = model.session(model.contextLimit())) {
            return new ColdBenchmark(model, session).measure(prompt, runs);
        }
    }

    private Report measure(int prompt, int runs) {
        seconds(prompt, 0);
        List<Double> warm = new ArrayList<>();
        List<Double> cold = new ArrayList<>();
        long read = 0;
        for (int run = 1; run <= runs; run++) {
            session.truncate(0);
            table.forget();
            long before = resident();
            if (before > table.bytes() / 2) {
                throw new InvalidRequestException(
                        "the pages of the per-layer table can't be dropped here",
                        "run it on Linux, with a model in a file that is yours");
            }
            cold.add(seconds(prompt, run));
            read = resident() - before;
            table.dropCached();
            warm.add(seconds(prompt, run)); // the same prompt, whose pages are there now
        }
        return new Report(median(warm), median(cold), read);
    }

    private long resident() {
        return model.perLayerTable().residentBytes();
    }

    private double seconds(int prompt, int seed) {
        session.truncate(0);
        session.tokens()
                .add(new SplittableRandom(seed)
                        .ints(prompt, 0, model.textVocabulary())
                        .toArray());
        long start = System.nanoTime();
        session.advance(() -> false, (done, total) -> {});
        return (System.nanoTime() - start) / 1e9;
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        return (sorted.get((sorted.size() - 1) / 2) + sorted.get(sorted.size() / 2)) / 2;
    }
}
