package dev.matryoshka.app.lab;

import dev.matryoshka.engine.Gemma3n;
import dev.matryoshka.engine.LabReport;
import dev.matryoshka.engine.ModelSlices;
import dev.matryoshka.engine.SliceInfo;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.config.SliceCatalog;
import dev.matryoshka.engine.config.SliceCatalog.Origin;
import dev.matryoshka.engine.error.InvalidRequestException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.Lock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A loaded model and a file of questions: which slices there are, and where what is known of them is kept. */
public final class LabSetup {
    private static final List<String> BETWEEN = List.of("0.625", "0.75", "0.875");

    private final ModelSlices costs;
    private final SliceCatalog catalog;
    private final QuestionFile file;
    private final Path state;
    private final Lab lab;

    /**
     * Reads the questions and what is known.
     *
     * @param slices folder of the user's own slices
     * @param cache folder of what is known
     * @param again whether that is to be forgotten
     * @param turn see {@link Lab}
     * @throws InvalidRequestException the file can't be read, or a line is wrong
     */
    public LabSetup(Gemma3n model, Path questions, Path slices, Path cache, boolean again, Lock turn) {
        costs = model.slices(slices);
        catalog = new SliceCatalog(model.config().text(), slices);
        file = QuestionFile.read(questions, model);
        String id = model.info().id().replaceAll("[^\\w.-]", "_") + "-"
                + model.info().type();
        String adapters = model.adapterChoices().isEmpty()
                ? ""
                : "-" + Integer.toHexString(model.adapterChoices().hashCode());
        state = cache.resolve("lab").resolve(id + adapters + "-" + file.fingerprint() + ".jsonl");
        if (again) {
            forget();
        }
        lab = new Lab(model, file.questions(), LabResults.open(state), turn);
    }

    private void forget() {
        try {
            Files.deleteIfExists(state);
        } catch (IOException e) {
            throw new InvalidRequestException(
                    "earlier results can't be forgotten (" + e.getMessage() + ")", "delete " + state + " by hand", e);
        }
    }

    public Lab lab() {
        return lab;
    }

    /** How many questions there are. */
    public int questions() {
        return file.questions().size();
    }

    /** What slices cost. */
    public ModelSlices costs() {
        return costs;
    }

    /**
     * Slices to evaluate, the smallest first.
     *
     * @param names see {@link SliceCatalog#find}; none for all that have a name and some shares between
     * @param more further ones
     */
    public List<SliceInfo> slices(List<String> names, List<MatFormerSlice> more) {
        Stream<MatFormerSlice> chosen =
                names.isEmpty() ? named() : names.stream().map(catalog::find);
        Set<List<Object>> shapes = new HashSet<>();
        return Stream.concat(more.stream(), chosen)
                .filter(slice -> shapes.add(shape(slice)))
                .map(costs::custom)
                .sorted(Comparator.comparingLong(SliceInfo::effectiveParameters))
                .toList();
    }

    /** By the published name where there are two for a shape. */
    private Stream<MatFormerSlice> named() {
        return Stream.concat(
                costs.named().stream()
                        .sorted(Comparator.comparing(info -> info.origin() == Origin.BUILT_IN))
                        .map(SliceInfo::slice),
                BETWEEN.stream().map(catalog::find));
    }

    /** What tells two slices apart, whatever they are called. */
    private static List<Object> shape(MatFormerSlice slice) {
        List<Integer> widths = new ArrayList<>(slice.ffn());
        slice.skip().forEach(layer -> widths.set(layer, 0));
        return List.of(slice.skip(), widths);
    }

    /**
     * Looks for the best slice within a budget.
     *
     * @param name that it gets
     * @param bytes of weights on the device at most; null for any
     * @param tokensPerSecond at least, as far as speed goes with bytes; null for any
     * @throws CancellationException stopped
     */
    public MatFormerSlice find(
            String name,
            @Nullable Long bytes,
            @Nullable Double tokensPerSecond,
            Consumer<MatFormerSlice> tried,
            BooleanSupplier stop) {
        long budget = bytes == null ? Long.MAX_VALUE : bytes;
        if (tokensPerSecond != null) {
            SliceInfo whole = costs.custom(MatFormerSlice.whole(costs.config()));
            double speed = lab.run(List.of(whole), (s, q) -> {}, stop).rows().stream()
                    .mapToDouble(LabReport.Row::tokensPerSecond)
                    .findFirst()
                    .orElseThrow(() -> new CancellationException("stopped"));
            budget = Math.min(budget, (long) (whole.deviceBytes() * speed / tokensPerSecond));
        }
        return lab.search(name, costs, budget, tried, stop);
    }

    /** Keeps a slice under its name; returns the file. */
    public Path save(MatFormerSlice slice) {
        return catalog.save(slice);
    }
}
